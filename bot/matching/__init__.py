"""From words to topics: emergencies, ranking, confidence, decision."""
