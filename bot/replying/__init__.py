"""From a decision to an answer: conversation state and blocks."""
