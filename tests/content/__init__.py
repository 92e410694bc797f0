"""Tests of the editors' YAML: reading, checking, rendering."""
