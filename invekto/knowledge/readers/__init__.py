"""One reader a format; the right one is chosen by content, see `kinds`."""
