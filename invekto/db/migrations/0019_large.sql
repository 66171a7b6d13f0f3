-- Large tenants are searched through an index. What a scan orders by, words, topic and subject, stands
-- in one vector there; small tenants' rows have none and are scanned one by one.

ALTER TABLE chunk_vectors ADD placed sparsevec(16778240);
ALTER TABLE chunk_vectors ALTER placed SET STORAGE EXTERNAL;
COMMENT ON COLUMN chunk_vectors.placed IS 'words, topic and subject in one, of tenants large enough for the index';
CREATE INDEX chunk_vectors_near ON chunk_vectors USING hnsw (placed sparsevec_ip_ops)
    WHERE placed IS NOT NULL;
CREATE INDEX chunk_vectors_unplaced ON chunk_vectors (tenant_id) WHERE placed IS NULL;

ALTER TABLE corpus_stats ADD indexed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN corpus_stats.indexed IS 'search goes through the index: see invekto/knowledge/placing.py';
