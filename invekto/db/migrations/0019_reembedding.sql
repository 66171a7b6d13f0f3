-- Another embedding's vectors are made beside the ones in use, and take their place at once.

ALTER TABLE chunk_vectors ADD dense_next halfvec;
COMMENT ON COLUMN chunk_vectors.dense_next IS 'of the embedding that is being changed to';
ALTER TABLE corpus_stats ADD next_embedding text;
COMMENT ON COLUMN corpus_stats.next_embedding IS 'being made in the background; embedding serves until it is whole';
