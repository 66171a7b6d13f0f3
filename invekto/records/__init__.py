"""Dataclasses and SQL; every function takes an open tenant transaction first."""
