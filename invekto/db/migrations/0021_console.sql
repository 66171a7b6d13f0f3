-- What people start and come back to look at (replays, imports), versions of fixed texts, and a
-- business's own model endpoint.

CREATE TABLE replays (
    tenant_id   text,
    replay_id   text NOT NULL,
    status      text NOT NULL DEFAULT 'waiting'
                CHECK (status IN ('waiting', 'running', 'done', 'failed')),
    name        text NOT NULL,
    version     text NOT NULL CHECK (version IN ('present', 'candidate')),
    done        int NOT NULL DEFAULT 0,
    total       int NOT NULL,
    source      bytea,
    report      bytea,
    problem     text NOT NULL DEFAULT '',
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, replay_id)
);
CREATE INDEX replays_recent ON replays (tenant_id, created_at DESC);
CREATE INDEX replays_expire ON replays (tenant_id, expires_at);
COMMENT ON COLUMN replays.total IS 'conversations; done counts up to it';
COMMENT ON COLUMN replays.source IS 'sealed: past conversations; deleted when the replay has ended';
COMMENT ON COLUMN replays.report IS 'sealed: it quotes customers';

ALTER TABLE imports
    ADD COLUMN done int NOT NULL DEFAULT 0,
    ADD COLUMN total int NOT NULL DEFAULT 0,
    ADD COLUMN problem text NOT NULL DEFAULT '';
COMMENT ON COLUMN imports.total IS 'sheets and documents to take in; done counts up to it';
COMMENT ON COLUMN imports.problem IS 'why taking in ended without success; empty: it did not';

-- Notices and the consent text: turns read the published wording from the tenant's settings, where
-- publishing puts it.
CREATE TABLE notice_versions (
    tenant_id    text,
    name         text NOT NULL,
    version      integer NOT NULL,
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'retired')),
    texts        jsonb NOT NULL,
    author       text NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (tenant_id, name, version)
);
CREATE UNIQUE INDEX notice_published ON notice_versions (tenant_id, name)
    WHERE status = 'published';
COMMENT ON COLUMN notice_versions.texts IS 'wording by language';

CREATE TABLE model_endpoints (
    tenant_id             text PRIMARY KEY,
    base_url              text NOT NULL,
    chat_model            text NOT NULL,
    api_key               bytea,
    price_in_per_million  numeric NOT NULL,
    price_out_per_million numeric NOT NULL,
    saved_by              text NOT NULL,
    saved_at              timestamptz NOT NULL,
    checked_at            timestamptz,
    problem               text
);
COMMENT ON COLUMN model_endpoints.api_key IS 'sealed; NULL: the endpoint asks for none';
COMMENT ON COLUMN model_endpoints.problem IS 'what the last test said; NULL: it works';
CREATE TRIGGER reconfigured AFTER INSERT OR DELETE OR UPDATE OF base_url, chat_model, api_key,
    price_in_per_million, price_out_per_million ON model_endpoints
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();

SELECT app.protect('replays'), app.protect('notice_versions'), app.protect('model_endpoints');
