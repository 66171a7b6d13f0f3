"""Extensions of the project, outside of it."""
