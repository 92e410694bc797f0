"""The HTTP edge: wires, translates, limits; decides nothing."""
