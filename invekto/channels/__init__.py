"""Channels: payloads in, messages out; values only, no database."""
