-- What a chunk is about, finely. Chunks of before have none until `knowledge/refill.py` saw them.

ALTER TABLE chunk_vectors ADD subject halfvec;
ALTER TABLE chunk_vectors ALTER subject SET STORAGE MAIN;
