-- Accounts at marketplaces and payment providers, how far each of their syncs has come, and their
-- webhooks; statistics after loading.

CREATE TABLE integrations (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    account_id   text NOT NULL,
    provider     text NOT NULL CHECK (provider IN ('trendyol', 'hepsiburada', 'iyzico', 'paytr')),
    external_id  text NOT NULL,
    credentials  bytea NOT NULL,
    settings     jsonb NOT NULL DEFAULT '{}',
    active       boolean NOT NULL DEFAULT true,
    checked_at   timestamptz,
    problem      text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, account_id),
    UNIQUE (tenant_id, provider, external_id)
);
COMMENT ON COLUMN integrations.external_id IS 'seller id, merchant id, or the API key''s public half';
COMMENT ON COLUMN integrations.credentials IS 'sealed (AES-GCM), bound to tenant and account';
COMMENT ON COLUMN integrations.problem IS 'what the last connection test or sync said; NULL: fine';

CREATE TABLE sync_cursors (
    tenant_id   text,
    account_id  text NOT NULL,
    stream      text NOT NULL,
    position    jsonb NOT NULL DEFAULT '{}',
    caught_up   timestamptz,
    pages       bigint NOT NULL DEFAULT 0,
    rows        bigint NOT NULL DEFAULT 0,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, account_id, stream),
    FOREIGN KEY (tenant_id, account_id) REFERENCES integrations ON DELETE CASCADE
);
COMMENT ON COLUMN sync_cursors.position IS 'where the next page begins; moves with the page''s rows';
COMMENT ON COLUMN sync_cursors.caught_up IS 'everything changed at the provider before this is here';

CREATE TABLE product_questions (
    tenant_id   text,
    provider    text NOT NULL,
    external_id text NOT NULL,
    account_id  text NOT NULL,
    product     text NOT NULL DEFAULT '',
    question    text NOT NULL,
    answer      text,
    status      text NOT NULL,
    asked_at    timestamptz NOT NULL,
    synced_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider, external_id)
);
CREATE INDEX product_questions_open ON product_questions (tenant_id, status, asked_at);

CREATE TABLE marketplace_events (
    tenant_id   text,
    account_id  text NOT NULL,
    event_key   text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, account_id, event_key),
    FOREIGN KEY (tenant_id, account_id) REFERENCES integrations ON DELETE CASCADE
);
COMMENT ON TABLE marketplace_events IS 'webhooks of marketplaces, each kept once: they repeat';

SELECT app.protect('integrations'), app.protect('sync_cursors'), app.protect('product_questions'),
       app.protect('marketplace_events');

-- The plain roles own no table, so they cannot ANALYZE; after a large import the planner must know.
CREATE FUNCTION app.refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    ANALYZE public.products, public.product_variants, public.orders, public.order_items,
        public.services, public.appointments, public.contacts;
END
$$;
REVOKE ALL ON FUNCTION app.refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.refresh_statistics() TO app, worker;
