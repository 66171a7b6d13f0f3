-- Policies, consent, privacy cases, holds, retention, and the audit log that proves them.

CREATE TABLE policy_versions (
    tenant_id    text NOT NULL DEFAULT app.current_tenant(),
    version      integer NOT NULL,
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'retired')),
    rules        jsonb NOT NULL,
    author       text NOT NULL,
    note         text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    PRIMARY KEY (tenant_id, version)
);
CREATE UNIQUE INDEX policy_published ON policy_versions (tenant_id) WHERE status = 'published';
CREATE TRIGGER reconfigured AFTER INSERT OR UPDATE OR DELETE ON policy_versions
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();

-- What a contact agreed to or refused: the proof outlives the state in contacts.consent.
CREATE TABLE consent_events (
    tenant_id  text NOT NULL DEFAULT app.current_tenant(),
    consent_id text NOT NULL,
    contact_id text NOT NULL,
    channel    text NOT NULL,
    purpose    text NOT NULL CHECK (purpose IN ('automation', 'messages', 'marketing')),
    state      text NOT NULL CHECK (state IN ('asked', 'given', 'refused', 'withdrawn')),
    message_id text,
    wording    text NOT NULL DEFAULT '',
    recorded_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, consent_id)
);
CREATE INDEX consent_contact ON consent_events (tenant_id, contact_id, created_at DESC);
COMMENT ON COLUMN consent_events.message_id IS 'the message that said so; its text is not kept here';
COMMENT ON COLUMN consent_events.wording IS 'version of the notice that was shown';

CREATE TABLE privacy_requests (
    tenant_id   text NOT NULL DEFAULT app.current_tenant(),
    request_id  text NOT NULL,
    contact_id  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN
                ('access', 'erasure', 'correction', 'objection', 'withdrawal')),
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'refused')),
    due_at      timestamptz NOT NULL,
    turn_id     text,
    handled_by  text,
    note        text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    closed_at   timestamptz,
    PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX privacy_requests_open ON privacy_requests (tenant_id, status, due_at);
CREATE INDEX privacy_requests_contact ON privacy_requests (tenant_id, contact_id);

CREATE TABLE legal_holds (
    tenant_id   text NOT NULL DEFAULT app.current_tenant(),
    hold_id     text NOT NULL,
    contact_id  text NOT NULL,
    reason      text NOT NULL,
    placed_by   text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    released_at timestamptz,
    released_by text,
    PRIMARY KEY (tenant_id, hold_id)
);
CREATE INDEX legal_holds_contact ON legal_holds (tenant_id, contact_id) WHERE released_at IS NULL;

CREATE TABLE retention_policies (
    tenant_id     text NOT NULL DEFAULT app.current_tenant(),
    resource_type text NOT NULL,
    retain_days   integer NOT NULL CHECK (retain_days > 0),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, resource_type)
);

SELECT app.protect('policy_versions'), app.protect('consent_events', 'select, insert, delete'),
       app.protect('privacy_requests'), app.protect('legal_holds'),
       app.protect('retention_policies');

-- Audit: appended, sealed into a chain per tenant, dropped by whole months behind a checkpoint.
-- References and keyed hashes only, so that erasing a person does not have to touch it.
CREATE TABLE audit_events (
    tenant_id      text NOT NULL DEFAULT app.current_tenant(),
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    event_id       text NOT NULL,
    event_type     text NOT NULL,
    actor_kind     text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'ai', 'customer', 'system')),
    actor_id       text NOT NULL DEFAULT '',
    resource_type  text NOT NULL,
    resource_id    text NOT NULL DEFAULT '',
    correlation_id text NOT NULL DEFAULT '',
    origin_hash    text NOT NULL DEFAULT '',
    before_hash    text NOT NULL DEFAULT '',
    after_hash     text NOT NULL DEFAULT '',
    detail         jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, created_at, event_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX audit_events_resource ON audit_events (tenant_id, resource_type, resource_id, created_at);
CREATE INDEX audit_events_type ON audit_events (tenant_id, event_type, created_at);
COMMENT ON COLUMN audit_events.origin_hash IS 'keyed hash of address and device of the actor';
COMMENT ON COLUMN audit_events.detail IS 'names, counts and versions; never a value of a person';

CREATE TABLE audit_seals (
    tenant_id  text NOT NULL DEFAULT app.current_tenant(),
    seq        bigint NOT NULL,
    created_at timestamptz NOT NULL,
    event_id   text NOT NULL,
    hash       text NOT NULL,
    sealed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, created_at, event_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX audit_seals_seq ON audit_seals (tenant_id, seq);
COMMENT ON COLUMN audit_seals.created_at IS 'of the event, so that both are dropped together';

CREATE TABLE audit_checkpoints (
    tenant_id  text NOT NULL DEFAULT app.current_tenant(),
    month      date NOT NULL,
    last_seq   bigint NOT NULL,
    last_hash  text NOT NULL,
    events     bigint NOT NULL,
    signature  text NOT NULL,
    dropped_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, month)
);

SELECT app.protect('audit_events', 'select, insert'), app.protect('audit_seals', 'select, insert'),
       app.protect('audit_checkpoints', 'select, insert');

-- Nobody changes what was written, whatever their rights; dropping a sealed month is not a change.
CREATE FUNCTION app.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

-- Makes the partitions of a month; the worker calls it ahead of time. True where it made some.
CREATE FUNCTION app.open_audit_month(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    first date := date_trunc('month', day)::date;
    suffix text := to_char(day, 'YYYYMM');
    parent text;
BEGIN
    IF day NOT BETWEEN date '2020-01-01' AND date '2100-01-01' THEN
        RAISE EXCEPTION 'no audit month for %', day;
    END IF;
    IF to_regclass('public.audit_seals_' || suffix) IS NOT NULL THEN
        RETURN false;
    END IF;
    FOREACH parent IN ARRAY ARRAY['audit_events', 'audit_seals'] LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.%I'
            ' FOR VALUES FROM (%L) TO (%L)',
            parent || '_' || suffix, parent, first, (first + interval '1 month')::date);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', parent || '_' || suffix);
    END LOOP;
    RETURN true;
END
$$;

-- Drops a month whose every event is sealed and covered by a checkpoint of each of its tenants.
CREATE FUNCTION app.drop_audit_month(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    first date := date_trunc('month', day)::date;
    suffix text := to_char(day, 'YYYYMM');
    uncovered bigint;
    tenant text;
    caller text := coalesce(current_setting('app.tenant_id', true), '');
BEGIN
    IF first >= date_trunc('month', now())::date THEN
        RAISE EXCEPTION 'the audit month % is still running', first;
    END IF;
    IF to_regclass('public.audit_events_' || suffix) IS NULL THEN
        RETURN false;
    END IF;
    FOR tenant IN EXECUTE format(
        'SELECT DISTINCT tenant_id FROM public.%I', 'audit_events_' || suffix)
    LOOP
        PERFORM set_config('app.tenant_id', tenant, true);
        EXECUTE format(
            'SELECT count(*) FROM public.%I e'
            ' LEFT JOIN public.%I s USING (tenant_id, created_at, event_id)'
            ' LEFT JOIN public.audit_checkpoints c ON c.tenant_id = e.tenant_id AND c.month = %L'
            ' WHERE e.tenant_id = %L AND (s.hash IS NULL OR c.last_seq IS NULL'
            ' OR s.seq > c.last_seq)',
            'audit_events_' || suffix, 'audit_seals_' || suffix, first, tenant)
        INTO uncovered;
        IF uncovered > 0 THEN
            RAISE EXCEPTION '% audit events of % in % are not sealed behind a checkpoint',
                uncovered, tenant, first;
        END IF;
    END LOOP;
    PERFORM set_config('app.tenant_id', caller, true);
    EXECUTE format('DROP TABLE public.%I, public.%I',
        'audit_events_' || suffix, 'audit_seals_' || suffix);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION app.open_audit_month(date), app.drop_audit_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.open_audit_month(date) TO app, worker;
GRANT EXECUTE ON FUNCTION app.drop_audit_month(date) TO worker;

SELECT app.open_audit_month((date '2026-01-01' + n * interval '1 month')::date)
FROM generate_series(0, 35) n;
CREATE TABLE audit_events_other PARTITION OF audit_events DEFAULT;
CREATE TABLE audit_seals_other PARTITION OF audit_seals DEFAULT;
