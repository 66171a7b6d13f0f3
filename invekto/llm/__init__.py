"""The only way out to a model, chat and embeddings alike."""
