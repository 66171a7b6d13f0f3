-- What the API and the workers keep: sign-ins, idempotency, limits, leases, live events,
-- outgoing webhooks, statuses of channels.

-- Signed-in browsers can be listed and revoked by their people.
ALTER TABLE sessions ADD session_id text NOT NULL DEFAULT gen_random_uuid()::text;
ALTER TABLE sessions ADD device text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX sessions_id ON sessions (tenant_id, session_id);

CREATE TABLE sign_in_failures (
    tenant_id    text REFERENCES tenants ON DELETE CASCADE,
    email        text NOT NULL,
    failures     integer NOT NULL DEFAULT 1,
    last_at      timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (tenant_id, email)
);
COMMENT ON TABLE sign_in_failures IS 'wrong passwords in a row, for e-mails that exist and others alike';

-- The answer that was given to a request, so that repeating the request does nothing again.
CREATE TABLE idempotency_keys (
    tenant_id    text,
    caller       text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       integer,
    body         bytea,
    content_type text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, caller, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (tenant_id, created_at);
COMMENT ON COLUMN idempotency_keys.status IS 'NULL while the first request still runs';

-- Limits and leases are worth nothing after a crash: no write-ahead log, no flush to disk.
CREATE UNLOGGED TABLE rate_limits (
    tenant_id text,
    bucket    text NOT NULL,
    full_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, bucket)
);
COMMENT ON COLUMN rate_limits.full_at IS 'when the bucket will be full again (generic cell rate algorithm)';

CREATE UNLOGGED TABLE conversation_leases (
    tenant_id       text,
    conversation_id text NOT NULL,
    holder          text NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id)
);
COMMENT ON TABLE conversation_leases IS 'who works on the turn of a conversation: a job, or a request that waits for it';

-- What happened, for live pages and outgoing webhooks: ids only, kept for a week.
CREATE TABLE events (
    tenant_id  text,
    tx         bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    type       text NOT NULL,
    subject    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, tx, seq)
);
CREATE INDEX events_age ON events (tenant_id, created_at);
COMMENT ON COLUMN events.tx IS 'the writing transaction: readers stop before the oldest one still open, so that nothing is skipped';

CREATE TABLE webhook_endpoints (
    tenant_id        text REFERENCES tenants ON DELETE CASCADE,
    endpoint_id      text NOT NULL,
    url              text NOT NULL,
    description      text NOT NULL DEFAULT '',
    types            text[] NOT NULL DEFAULT '{}',
    secrets          bytea[] NOT NULL,
    active           boolean NOT NULL DEFAULT true,
    failing_since    timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, endpoint_id)
);
COMMENT ON COLUMN webhook_endpoints.types IS 'event types it wants; empty: all';
COMMENT ON COLUMN webhook_endpoints.secrets IS 'sealed signing secrets, newest first; several while rotating';

CREATE TABLE webhook_deliveries (
    tenant_id    text,
    delivery_id  text NOT NULL,
    endpoint_id  text NOT NULL,
    event_type   text NOT NULL,
    subject      jsonb NOT NULL,
    status       text NOT NULL DEFAULT 'waiting'
                 CHECK (status IN ('waiting', 'delivered', 'failed')),
    attempts     integer NOT NULL DEFAULT 0,
    answer       integer,
    error        text,
    milliseconds double precision,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    tried_at     timestamptz,
    PRIMARY KEY (tenant_id, delivery_id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_recent ON webhook_deliveries (tenant_id, endpoint_id, created_at DESC);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (tenant_id, created_at);
COMMENT ON COLUMN webhook_deliveries.answer IS 'HTTP status that the receiver answered with';

-- Every status of a channel as it came, in whatever order; also those that came before the
-- answer to our own sending.
CREATE TABLE channel_statuses (
    tenant_id           text,
    channel             text NOT NULL,
    provider_message_id text NOT NULL,
    status              text NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
    at                  timestamptz NOT NULL,
    outbound_id         text,
    reason              text,
    received_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, channel, provider_message_id, status)
);
CREATE INDEX channel_statuses_outbound ON channel_statuses (tenant_id, outbound_id)
    WHERE outbound_id IS NOT NULL;
CREATE INDEX channel_statuses_age ON channel_statuses (tenant_id, received_at);
COMMENT ON COLUMN channel_statuses.outbound_id IS 'our own id, which the channel gives back';

SELECT app.protect('sign_in_failures'), app.protect('idempotency_keys'),
       app.protect('rate_limits'), app.protect('conversation_leases'), app.protect('events'),
       app.protect('webhook_endpoints'), app.protect('webhook_deliveries'),
       app.protect('channel_statuses');

ALTER TABLE outbound_messages ADD uncertain_at timestamptz;
ALTER TABLE outbound_messages ADD uncertain_times integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN outbound_messages.uncertain_at IS 'since when the channel may or may not have it';

CREATE INDEX outbound_unsettled ON outbound_messages (tenant_id, contact_id, created_at)
    WHERE status IN ('queued', 'sending', 'uncertain');

-- Adds the job that delivers what waits for a contact, in order; one waiting job is enough for
-- any number of messages. What is due later is looked at when it is due.
CREATE FUNCTION app.enqueue_delivery(contact text, delay interval) RETURNS bigint
LANGUAGE sql
RETURN CASE WHEN delay > interval '0'
    THEN jobs.enqueue('deliver_due', 'timed', NULL, NULL,
        jsonb_build_object('contact_id', contact), delay, NULL)
    ELSE jobs.enqueue('deliver', 'out', 'deliver:' || contact, 'deliver:' || contact,
        jsonb_build_object('contact_id', contact), NULL, NULL) END;

-- Planned messages have a job at their time: one for all of a tenant's in the same five minutes.
CREATE FUNCTION app.enqueue_reminder() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    slot timestamptz := to_timestamp(ceil(extract(epoch FROM NEW.due_at) / 300) * 300);
BEGIN
    PERFORM jobs.enqueue('remind', 'timed', NULL, 'remind:' || extract(epoch FROM slot)::bigint,
        '{}', greatest(slot - clock_timestamp(), interval '0'), NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER enqueue_reminder AFTER INSERT ON scheduled_messages
    FOR EACH ROW WHEN (NEW.status = 'waiting') EXECUTE FUNCTION app.enqueue_reminder();
CREATE TRIGGER enqueue_reminder_again AFTER UPDATE OF due_at, status ON scheduled_messages
    FOR EACH ROW WHEN (NEW.status = 'waiting' AND (OLD.due_at <> NEW.due_at OR OLD.status <> NEW.status))
    EXECUTE FUNCTION app.enqueue_reminder();

-- Writes an event and a delivery for every endpoint that wants it, with its job.
CREATE FUNCTION app.emit(tenant text, event text, about jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    delivery text;
BEGIN
    INSERT INTO public.events (tenant_id, type, subject) VALUES (tenant, event, about);
    FOR wanted IN
        SELECT e.endpoint_id FROM public.webhook_endpoints e
        WHERE e.tenant_id = tenant AND e.active AND (e.types = '{}' OR event = ANY (e.types))
    LOOP
        delivery := 'wd_' || replace(gen_random_uuid()::text, '-', '');
        INSERT INTO public.webhook_deliveries
            (tenant_id, delivery_id, endpoint_id, event_type, subject)
        VALUES (tenant, delivery, wanted.endpoint_id, event, about);
        PERFORM jobs.enqueue('webhook', 'out', NULL, NULL,
            jsonb_build_object('delivery_id', delivery), NULL, NULL);
    END LOOP;
END
$$;

CREATE FUNCTION app.emit_message() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id,
        CASE WHEN NEW.author = 'customer' THEN 'message.received' ELSE 'message.added' END,
        jsonb_build_object('conversation_id', NEW.conversation_id, 'message_id', NEW.message_id,
            'seq', NEW.seq));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit AFTER INSERT ON messages
    FOR EACH ROW EXECUTE FUNCTION app.emit_message();

CREATE FUNCTION app.emit_suggestion() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id,
        CASE WHEN NEW.status = 'open' THEN 'suggestion.ready' ELSE 'suggestion.resolved' END,
        jsonb_build_object('conversation_id', NEW.conversation_id,
            'suggestion_id', NEW.suggestion_id, 'turn_id', NEW.turn_id, 'status', NEW.status));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit AFTER INSERT ON suggested_replies
    FOR EACH ROW EXECUTE FUNCTION app.emit_suggestion();
CREATE TRIGGER emit_change AFTER UPDATE OF status ON suggested_replies
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION app.emit_suggestion();

CREATE FUNCTION app.emit_handover() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id,
        CASE NEW.status WHEN 'open' THEN 'handover.created' WHEN 'taken' THEN 'handover.taken'
            ELSE 'handover.resolved' END,
        jsonb_build_object('conversation_id', NEW.conversation_id,
            'handover_id', NEW.handover_id, 'turn_id', NEW.turn_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit AFTER INSERT ON handovers
    FOR EACH ROW EXECUTE FUNCTION app.emit_handover();
CREATE TRIGGER emit_change AFTER UPDATE OF status ON handovers
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION app.emit_handover();

CREATE FUNCTION app.emit_outbound() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id, 'reply.' || NEW.status,
        jsonb_build_object('conversation_id', NEW.conversation_id,
            'outbound_id', NEW.outbound_id, 'turn_id', NEW.turn_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit_change AFTER UPDATE OF status ON outbound_messages
    FOR EACH ROW WHEN (OLD.status <> NEW.status AND NEW.status IN
        ('sent', 'delivered', 'read', 'failed', 'uncertain', 'dead'))
    EXECUTE FUNCTION app.emit_outbound();

CREATE FUNCTION app.emit_conversation() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id, 'conversation.changed',
        jsonb_build_object('conversation_id', NEW.conversation_id, 'status', NEW.status));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit_change AFTER UPDATE OF status, assigned_to ON conversations
    FOR EACH ROW WHEN (OLD.status <> NEW.status OR OLD.assigned_to IS DISTINCT FROM NEW.assigned_to)
    EXECUTE FUNCTION app.emit_conversation();

CREATE FUNCTION app.emit_lead() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id, 'lead.changed',
        jsonb_build_object('lead_id', NEW.lead_id, 'conversation_id', NEW.conversation_id,
            'status', NEW.pipeline_status));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit AFTER INSERT ON leads FOR EACH ROW EXECUTE FUNCTION app.emit_lead();
CREATE TRIGGER emit_change AFTER UPDATE OF pipeline_status, score ON leads
    FOR EACH ROW WHEN (OLD.pipeline_status <> NEW.pipeline_status OR OLD.score <> NEW.score)
    EXECUTE FUNCTION app.emit_lead();

CREATE FUNCTION app.emit_payment() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id, 'payment.' || NEW.status,
        jsonb_build_object('payment_id', NEW.payment_id,
            'conversation_id', NEW.conversation_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit_change AFTER UPDATE OF status ON payment_links
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION app.emit_payment();

CREATE FUNCTION app.emit_trust() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id, 'trust.changed',
        jsonb_build_object('trust_event_id', NEW.event_id, 'intent', NEW.intent,
            'kind', NEW.kind));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit AFTER INSERT ON trust_events
    FOR EACH ROW EXECUTE FUNCTION app.emit_trust();

-- How many jobs are due and how long the oldest of them has waited, by line: for metrics, without
-- letting the API read any job.
CREATE FUNCTION jobs.backlog()
RETURNS TABLE (line text, due bigint, oldest_seconds double precision, failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = jobs, pg_catalog, pg_temp
AS $$
    SELECT j.queue_name,
        count(*) FILTER (WHERE j.status = 'todo'
            AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())),
        coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at)) FILTER (
            WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now()))), 0)
            ::float8,
        count(*) FILTER (WHERE j.status = 'failed')
    FROM procrastinate_jobs j
    LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events e WHERE e.job_id = j.id) e
        ON j.scheduled_at IS NULL AND j.status = 'todo'
    GROUP BY j.queue_name
$$;
REVOKE ALL ON FUNCTION jobs.backlog() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs.backlog() TO app, worker;
