"""Invekto's AI layer: a customer's message in, a grounded reply out, suggested or sent."""

__version__ = "0.1.0"
