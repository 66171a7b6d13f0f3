-- An endpoint's vectors of large tenants are found through an index too: one for each length that
-- embedding models come in (`LENGTHS` in invekto/knowledge/placing.py), of those rows only that are
-- in the built-in one's index.

CREATE INDEX chunk_vectors_near_256 ON chunk_vectors
    USING hnsw ((dense::halfvec(256)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 256;
CREATE INDEX chunk_vectors_near_384 ON chunk_vectors
    USING hnsw ((dense::halfvec(384)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 384;
CREATE INDEX chunk_vectors_near_512 ON chunk_vectors
    USING hnsw ((dense::halfvec(512)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 512;
CREATE INDEX chunk_vectors_near_768 ON chunk_vectors
    USING hnsw ((dense::halfvec(768)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 768;
CREATE INDEX chunk_vectors_near_1024 ON chunk_vectors
    USING hnsw ((dense::halfvec(1024)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 1024;
CREATE INDEX chunk_vectors_near_1536 ON chunk_vectors
    USING hnsw ((dense::halfvec(1536)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 1536;
CREATE INDEX chunk_vectors_near_3072 ON chunk_vectors
    USING hnsw ((dense::halfvec(3072)) halfvec_ip_ops)
    WHERE placed IS NOT NULL AND vector_dims(dense) = 3072;

-- Whether every chunk that shows has its vector is asked before each search.
CREATE INDEX chunk_vectors_not_dense ON chunk_vectors (tenant_id) WHERE live AND dense IS NULL;
