"""What editors and developers see: explanations, evaluation, benchmark."""
