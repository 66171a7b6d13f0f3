"""A business comes in from its own files."""
