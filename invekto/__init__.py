"""Invekto's AI layer: a customer's message in, a grounded reply out, suggested or sent."""
