"""From what was typed to words, lemmas, parts of compounds, concepts and entities."""
