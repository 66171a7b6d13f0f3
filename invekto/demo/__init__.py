"""Three demo businesses and a live transcript of real turns."""
