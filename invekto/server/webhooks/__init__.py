"""Addresses that channels and payment providers call."""
