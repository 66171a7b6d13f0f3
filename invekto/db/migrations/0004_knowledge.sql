-- The tenant's knowledge: documents and FAQs, the chunks cut from them, and what is searched.

CREATE TABLE documents (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    document_id  text NOT NULL,
    name         text NOT NULL,
    title        text NOT NULL,
    source_type  text NOT NULL DEFAULT 'unknown',
    status       text NOT NULL DEFAULT 'queued'
                 CHECK (status IN ('queued', 'working', 'live', 'failed')),
    version      integer NOT NULL DEFAULT 0,
    language     text,
    pages        integer NOT NULL DEFAULT 0,
    chunk_count  integer NOT NULL DEFAULT 0,
    bytes        bigint NOT NULL DEFAULT 0,
    text_bytes   bigint NOT NULL DEFAULT 0,
    index_bytes  bigint NOT NULL DEFAULT 0,
    valid_from   date,
    valid_until  date,
    warnings     jsonb NOT NULL DEFAULT '[]',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, document_id),
    UNIQUE (tenant_id, name)
);
COMMENT ON COLUMN documents.version IS 'the version that search sees; 0 before the first';
COMMENT ON COLUMN documents.warnings IS 'what a manager should look at: suspected instructions, pages without text';

CREATE TABLE document_versions (
    tenant_id    text,
    document_id  text NOT NULL,
    version      integer NOT NULL,
    sha256       text NOT NULL,
    bytes        bigint NOT NULL,
    content      bytea,
    status       text NOT NULL DEFAULT 'queued'
                 CHECK (status IN ('queued', 'working', 'live', 'failed', 'replaced')),
    stage        text NOT NULL DEFAULT 'queued',
    pages_total  integer NOT NULL DEFAULT 0,
    pages_done   integer NOT NULL DEFAULT 0,
    error        text,
    detail       jsonb NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, document_id, version),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE
);
COMMENT ON COLUMN document_versions.content IS 'the uploaded bytes; kept of the newest version for re-indexing';
COMMENT ON COLUMN document_versions.error IS 'a stable word, see invekto/knowledge/data/problems.yaml';
ALTER TABLE document_versions ALTER content SET STORAGE EXTERNAL;

CREATE TABLE faqs (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    faq_id       text NOT NULL,
    category     text NOT NULL DEFAULT '',
    tags         text[] NOT NULL DEFAULT '{}',
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'approved', 'retired')),
    origin       text NOT NULL DEFAULT 'person',
    valid_from   date,
    valid_until  date,
    revision     integer NOT NULL DEFAULT 1,
    created_by   text,
    approved_by  text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, faq_id)
);

CREATE TABLE faq_texts (
    tenant_id    text,
    faq_id       text NOT NULL,
    lang         text NOT NULL,
    question     text NOT NULL CHECK (question <> ''),
    variants     text[] NOT NULL DEFAULT '{}',
    answer       text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, faq_id, lang),
    FOREIGN KEY (tenant_id, faq_id) REFERENCES faqs ON DELETE CASCADE
);

CREATE TABLE tags (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    tag          text NOT NULL CHECK (tag <> ''),
    PRIMARY KEY (tenant_id, tag)
);

CREATE TABLE document_tags (
    tenant_id    text,
    document_id  text NOT NULL,
    tag          text NOT NULL,
    PRIMARY KEY (tenant_id, document_id, tag),
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, tag) REFERENCES tags ON DELETE CASCADE
);
CREATE INDEX document_tags_tag ON document_tags (tenant_id, tag);

-- What a citation and an answer need. `owner_id` is a document or an FAQ.
CREATE TABLE chunks (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    owner_id     text NOT NULL,
    version      integer NOT NULL,
    chunk_index  integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('text', 'row', 'faq')),
    source_type  text NOT NULL,
    title        text NOT NULL,
    heading      text[] NOT NULL DEFAULT '{}',
    page         integer,
    page_end     integer,
    starts       integer NOT NULL DEFAULT 0,
    ends         integer NOT NULL DEFAULT 0,
    language     text NOT NULL,
    content      text NOT NULL,
    asked        text NOT NULL DEFAULT '',
    stems        text NOT NULL,
    flagged      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, owner_id, version, chunk_index)
);
COMMENT ON COLUMN chunks.starts IS 'first character in the text of the document, page breaks included';
COMMENT ON COLUMN chunks.asked IS 'an FAQ''s question and its variants, one a line';
COMMENT ON COLUMN chunks.stems IS 'folded stems in order, lines kept: what reranking reads';
COMMENT ON COLUMN chunks.flagged IS 'looks like instructions to the assistant: never quoted';

-- What is scanned. `words` and `topic` stand in the row; `grams` is read for the best rows only.
-- `dense` is an embedding endpoint's, where the tenant has one.
CREATE TABLE chunk_vectors (
    tenant_id    text,
    owner_id     text NOT NULL,
    version      integer NOT NULL,
    chunk_index  integer NOT NULL,
    live         boolean NOT NULL DEFAULT false,
    valid_from   date,
    valid_until  date,
    tags         text[] NOT NULL DEFAULT '{}',
    words        sparsevec NOT NULL,
    grams        sparsevec NOT NULL,
    topic        halfvec NOT NULL,
    dense        halfvec,
    PRIMARY KEY (tenant_id, owner_id, version, chunk_index),
    FOREIGN KEY (tenant_id, owner_id, version, chunk_index) REFERENCES chunks ON DELETE CASCADE
) WITH (toast_tuple_target = 4080);
ALTER TABLE chunk_vectors ALTER words SET STORAGE MAIN, ALTER grams SET STORAGE EXTERNAL;

-- How many live chunks hold a term, by the term's bucket: one row a tenant, little-endian int32.
CREATE TABLE corpus_stats (
    tenant_id    text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    chunks       integer NOT NULL DEFAULT 0,
    tokens       bigint NOT NULL DEFAULT 0,
    buckets      bytea NOT NULL,
    own_words    text NOT NULL DEFAULT '[]',
    embedding    text NOT NULL DEFAULT 'builtin',
    dimension    integer,
    updated_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN corpus_stats.own_words IS 'JSON: what the tenant''s services and products are called, for search';
ALTER TABLE corpus_stats ALTER buckets SET STORAGE EXTERNAL;

CREATE TABLE knowledge_gaps (
    tenant_id         text REFERENCES tenants ON DELETE CASCADE,
    gap_id            text NOT NULL,
    title             text NOT NULL,
    unanswered_intent text,
    frequency         integer NOT NULL DEFAULT 0,
    languages         text[] NOT NULL DEFAULT '{}',
    status            text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed', 'dismissed')),
    resolved_by       text,
    terms             text[] NOT NULL DEFAULT '{}',
    first_seen        timestamptz NOT NULL,
    last_seen         timestamptz NOT NULL,
    closed_at         timestamptz,
    PRIMARY KEY (tenant_id, gap_id)
);
COMMENT ON COLUMN knowledge_gaps.resolved_by IS 'the FAQ or document that answers it now';
CREATE INDEX knowledge_gaps_open ON knowledge_gaps (tenant_id, status, frequency DESC);

CREATE TABLE gap_questions (
    tenant_id    text,
    question_id  text NOT NULL,
    gap_id       text NOT NULL,
    question     text NOT NULL,
    language     text NOT NULL,
    intent       text,
    turn_id      text,
    asked_at     timestamptz NOT NULL,
    answered     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, question_id),
    FOREIGN KEY (tenant_id, gap_id) REFERENCES knowledge_gaps ON DELETE CASCADE
);
CREATE INDEX gap_questions_gap ON gap_questions (tenant_id, gap_id);
CREATE UNIQUE INDEX gap_questions_turn ON gap_questions (tenant_id, turn_id) WHERE turn_id IS NOT NULL;

-- How often a source was quoted, by day: finds what is never used.
CREATE TABLE source_uses (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    owner_id     text NOT NULL,
    day          date NOT NULL,
    uses         integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, owner_id, day)
);

SELECT app.protect('documents'), app.protect('document_versions'), app.protect('faqs'),
       app.protect('faq_texts'), app.protect('tags'), app.protect('document_tags'),
       app.protect('chunks'), app.protect('chunk_vectors'), app.protect('corpus_stats'),
       app.protect('knowledge_gaps'), app.protect('gap_questions'), app.protect('source_uses');
