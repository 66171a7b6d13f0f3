"""Answers to a question we asked, read as such before anything is classified."""
