"""Measuring: one scorer a kind of evaluation file, and the report around them."""
