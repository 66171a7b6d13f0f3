"""The web chat: one script tag on any page, and the three calls it makes."""
