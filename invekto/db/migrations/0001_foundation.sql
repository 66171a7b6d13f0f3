-- Tenancy, and the tables that say who a tenant is and who may speak for it.

-- The tenant of the open transaction; NULL when none was set: reads see nothing, inserts fail.
-- Plain SQL without SET, so that the planner inlines it and uses indexes led by tenant_id.
CREATE FUNCTION app.current_tenant() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.tenant_id', true), '');

-- Puts a tenant table under row-level security and lets the plain roles use it. `privileges`
-- is for tables that are only ever appended to: app.protect('audit_events', 'select, insert').
CREATE FUNCTION app.protect(
    tenant_table regclass,
    privileges text DEFAULT 'select, insert, update, delete'
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ALTER tenant_id SET NOT NULL', tenant_table);
    EXECUTE format('ALTER TABLE %s ALTER tenant_id SET DEFAULT app.current_tenant()', tenant_table);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
        'CREATE POLICY tenant ON %s USING (tenant_id = app.current_tenant())'
        ' WITH CHECK (tenant_id = app.current_tenant())', tenant_table);
    EXECUTE format('GRANT %s ON %s TO app, worker', privileges, tenant_table);
END
$$;
REVOKE ALL ON FUNCTION app.protect(regclass, text) FROM PUBLIC;

CREATE TABLE tenants (
    tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
    name text NOT NULL CHECK (name <> ''),
    sector text NOT NULL,
    packs text[] NOT NULL DEFAULT '{}',
    languages text[] NOT NULL DEFAULT '{tr,en,ar}',
    default_language text NOT NULL DEFAULT 'tr',
    timezone text NOT NULL DEFAULT 'Europe/Istanbul',
    currency text NOT NULL DEFAULT 'TRY' CHECK (currency ~ '^[A-Z]{3}$'),
    tone text NOT NULL DEFAULT 'friendly' CHECK (tone IN ('formal', 'short', 'friendly')),
    health boolean NOT NULL DEFAULT false,
    profile jsonb NOT NULL DEFAULT '{}',
    settings jsonb NOT NULL DEFAULT '{}',
    config_version bigint NOT NULL DEFAULT 1,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (default_language = ANY (languages))
);
COMMENT ON COLUMN tenants.profile IS 'address, phones, opening hours, links, brand: what replies may say';
COMMENT ON COLUMN tenants.settings IS 'how the AI behaves for this tenant';

COMMENT ON COLUMN tenants.config_version IS 'raised by every change of what replies depend on; processes keep a tenant''s kit until it moves';

-- Raises the tenant's configuration version, once a statement.
CREATE FUNCTION app.reconfigured() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenants SET config_version = config_version + 1
    WHERE tenant_id = app.current_tenant();
    RETURN NULL;
END
$$;
CREATE TRIGGER reconfigured AFTER UPDATE OF name, sector, packs, languages, default_language,
    timezone, currency, tone, health, profile, settings ON tenants
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();

CREATE TABLE users (
    tenant_id text REFERENCES tenants ON DELETE CASCADE,
    user_id text NOT NULL DEFAULT gen_random_uuid()::text,
    email text NOT NULL CHECK (email = lower(email)),
    name text NOT NULL,
    role text NOT NULL
        CHECK (role IN ('owner', 'supervisor', 'agent', 'knowledge_manager', 'read_only')),
    password_hash text,
    languages text[] NOT NULL DEFAULT '{tr}',
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id),
    UNIQUE (tenant_id, email)
);

CREATE TABLE sessions (
    tenant_id text,
    token_hash bytea NOT NULL,
    user_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);
CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);

CREATE TABLE api_keys (
    tenant_id text REFERENCES tenants ON DELETE CASCADE,
    api_key_id text NOT NULL DEFAULT gen_random_uuid()::text,
    key_hash bytea NOT NULL,
    prefix text NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, api_key_id)
);
CREATE UNIQUE INDEX api_keys_key_hash ON api_keys (key_hash);

CREATE TABLE channel_accounts (
    tenant_id text REFERENCES tenants ON DELETE CASCADE,
    channel_account_id text NOT NULL DEFAULT gen_random_uuid()::text,
    channel text NOT NULL,
    external_id text NOT NULL,
    name text NOT NULL DEFAULT '',
    token_hash bytea,
    secret_encrypted bytea,
    settings jsonb NOT NULL DEFAULT '{}',
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, channel_account_id)
);
COMMENT ON COLUMN channel_accounts.external_id IS 'the provider''s name of it, such as WhatsApp''s phone_number_id';
COMMENT ON COLUMN channel_accounts.token_hash IS 'SHA-256 of the opaque token in its webhook or widget address';
CREATE UNIQUE INDEX channel_accounts_external_id ON channel_accounts (channel, external_id);
CREATE UNIQUE INDEX channel_accounts_token_hash ON channel_accounts (token_hash);

CREATE TABLE callback_tokens (
    tenant_id text REFERENCES tenants ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    subject_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    PRIMARY KEY (tenant_id, token_hash)
);
COMMENT ON TABLE callback_tokens IS 'opaque tokens in addresses that providers call, such as a payment''s';
CREATE UNIQUE INDEX callback_tokens_token_hash ON callback_tokens (token_hash);

SELECT app.protect('tenants'), app.protect('users'), app.protect('sessions'),
       app.protect('api_keys'), app.protect('channel_accounts'), app.protect('callback_tokens');

-- Routing: from something a caller shows to a tenant, before any tenant is known.
-- The role sees these columns of every tenant and nothing else.
GRANT SELECT (tenant_id, active) ON tenants TO routing;
GRANT SELECT (tenant_id, user_id, email, password_hash, active) ON users TO routing;
GRANT SELECT (tenant_id, token_hash, user_id, expires_at) ON sessions TO routing;
GRANT SELECT (tenant_id, api_key_id, key_hash, scopes, expires_at, revoked_at) ON api_keys TO routing;
GRANT SELECT (tenant_id, channel_account_id, channel, external_id, token_hash, secret_encrypted, active)
    ON channel_accounts TO routing;
GRANT SELECT (tenant_id, token_hash, purpose, subject_id, expires_at) ON callback_tokens TO routing;
CREATE POLICY routing ON tenants FOR SELECT TO routing USING (true);
CREATE POLICY routing ON users FOR SELECT TO routing USING (true);
CREATE POLICY routing ON sessions FOR SELECT TO routing USING (true);
CREATE POLICY routing ON api_keys FOR SELECT TO routing USING (true);
CREATE POLICY routing ON channel_accounts FOR SELECT TO routing USING (true);
CREATE POLICY routing ON callback_tokens FOR SELECT TO routing USING (true);

SET LOCAL ROLE routing;

CREATE FUNCTION routing.api_key(shown_hash bytea)
RETURNS TABLE (tenant_id text, api_key_id text, scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.tenant_id, k.api_key_id, k.scopes
    FROM public.api_keys k JOIN public.tenants t USING (tenant_id)
    WHERE k.key_hash = shown_hash AND t.active AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now())
$$;

CREATE FUNCTION routing.session(shown_hash bytea)
RETURNS TABLE (tenant_id text, user_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.tenant_id, s.user_id
    FROM public.sessions s
    JOIN public.users u USING (tenant_id, user_id)
    JOIN public.tenants t USING (tenant_id)
    WHERE s.token_hash = shown_hash AND s.expires_at > now() AND u.active AND t.active
$$;

CREATE FUNCTION routing.sign_in(shown_tenant text, shown_email text)
RETURNS TABLE (tenant_id text, user_id text, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT u.tenant_id, u.user_id, u.password_hash
    FROM public.users u JOIN public.tenants t USING (tenant_id)
    WHERE u.tenant_id = shown_tenant AND u.email = lower(shown_email) AND u.active AND t.active
$$;

CREATE FUNCTION routing.channel_account(shown_channel text, shown_external_id text)
RETURNS TABLE (tenant_id text, channel_account_id text, channel text, secret_encrypted bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.tenant_id, a.channel_account_id, a.channel, a.secret_encrypted
    FROM public.channel_accounts a JOIN public.tenants t USING (tenant_id)
    WHERE a.channel = shown_channel AND a.external_id = shown_external_id AND a.active AND t.active
$$;

CREATE FUNCTION routing.channel_account_by_token(shown_hash bytea)
RETURNS TABLE (tenant_id text, channel_account_id text, channel text, secret_encrypted bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.tenant_id, a.channel_account_id, a.channel, a.secret_encrypted
    FROM public.channel_accounts a JOIN public.tenants t USING (tenant_id)
    WHERE a.token_hash = shown_hash AND a.active AND t.active
$$;

CREATE FUNCTION routing.callback(shown_hash bytea)
RETURNS TABLE (tenant_id text, purpose text, subject_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.tenant_id, c.purpose, c.subject_id
    FROM public.callback_tokens c JOIN public.tenants t USING (tenant_id)
    WHERE c.token_hash = shown_hash AND t.active AND (c.expires_at IS NULL OR c.expires_at > now())
$$;

CREATE FUNCTION routing.tenant(shown_tenant text) RETURNS TABLE (tenant_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.tenant_id FROM public.tenants t WHERE t.tenant_id = shown_tenant AND t.active
$$;

-- For the worker's rounds (reminders, retention): a job is then enqueued in each tenant's name.
CREATE FUNCTION routing.active_tenants() RETURNS TABLE (tenant_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.tenant_id FROM public.tenants t WHERE t.active ORDER BY t.tenant_id
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA routing FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA routing TO app, worker;
REVOKE EXECUTE ON FUNCTION routing.active_tenants() FROM app;
SET LOCAL ROLE owner;
