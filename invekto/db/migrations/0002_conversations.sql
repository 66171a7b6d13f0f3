-- Contacts, conversations, messages, turns, suggestions, hand-overs, outbox, executed actions.

CREATE TABLE contacts (
    tenant_id       text NOT NULL DEFAULT app.current_tenant(),
    contact_id      text NOT NULL,
    channel         text NOT NULL,
    channel_user_id text NOT NULL,
    name            text,
    phone           text,
    phone_verified  boolean NOT NULL DEFAULT false,
    language        text,
    consent         text CHECK (consent IN ('asked', 'given', 'refused', 'withdrawn')),
    opted_out_at    timestamptz,
    attributes      jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, contact_id),
    UNIQUE (tenant_id, channel, channel_user_id)
);
CREATE INDEX contacts_phone ON contacts (tenant_id, phone) WHERE phone IS NOT NULL;

CREATE TABLE conversations (
    tenant_id          text NOT NULL DEFAULT app.current_tenant(),
    conversation_id    text NOT NULL,
    contact_id         text NOT NULL,
    channel            text NOT NULL,
    channel_account_id text,
    status             text NOT NULL DEFAULT 'open'
                       CHECK (status IN ('open', 'waiting', 'handed_over', 'closed')),
    assigned_to        text,
    language           text,
    priority           text NOT NULL DEFAULT 'normal',
    tags               text[] NOT NULL DEFAULT '{}',
    last_seq           bigint NOT NULL DEFAULT 0,
    last_inbound_seq   bigint NOT NULL DEFAULT 0,
    answered_seq       bigint NOT NULL DEFAULT 0,
    last_inbound_at    timestamptz,
    last_message_at    timestamptz,
    dialogue           jsonb NOT NULL DEFAULT '{}',
    proven             text[] NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    closed_at          timestamptz,
    PRIMARY KEY (tenant_id, conversation_id),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, contact_id)
);
CREATE INDEX conversations_contact ON conversations (tenant_id, contact_id, created_at DESC);
CREATE INDEX conversations_recent ON conversations (tenant_id, status, last_message_at DESC);

CREATE TABLE messages (
    tenant_id           text NOT NULL DEFAULT app.current_tenant(),
    conversation_id     text NOT NULL,
    seq                 bigint NOT NULL,
    message_id          text NOT NULL,
    author              text NOT NULL
                        CHECK (author IN ('customer', 'ai', 'person', 'person_for_ai', 'system')),
    author_id           text,
    text                text NOT NULL DEFAULT '',
    attachments         jsonb NOT NULL DEFAULT '[]',
    channel             text NOT NULL,
    provider_message_id text,
    sent_at             timestamptz NOT NULL,
    received_at         timestamptz NOT NULL DEFAULT now(),
    turn_id             text,
    PRIMARY KEY (tenant_id, conversation_id, seq),
    UNIQUE (tenant_id, message_id),
    UNIQUE (tenant_id, channel, provider_message_id)
);

CREATE TABLE turns (
    tenant_id         text NOT NULL DEFAULT app.current_tenant(),
    turn_id           text NOT NULL,
    conversation_id   text NOT NULL,
    first_seq         bigint NOT NULL,
    last_seq          bigint NOT NULL,
    outcome           text NOT NULL
                      CHECK (outcome IN ('answered', 'suggested', 'handed_over', 'superseded', 'silent')),
    intents           text[] NOT NULL DEFAULT '{}',
    language          text,
    confidence        double precision,
    path              text,
    behaviour         text,
    reason            text,
    resolving         boolean NOT NULL DEFAULT false,
    inputs            jsonb NOT NULL DEFAULT '{}',
    why               jsonb NOT NULL DEFAULT '{}',
    milliseconds      double precision,
    created_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, turn_id)
);
CREATE INDEX turns_conversation ON turns (tenant_id, conversation_id, created_at DESC);
CREATE INDEX turns_recent ON turns (tenant_id, created_at DESC);

CREATE TABLE suggested_replies (
    tenant_id       text NOT NULL DEFAULT app.current_tenant(),
    suggestion_id   text NOT NULL,
    turn_id         text NOT NULL,
    conversation_id text NOT NULL,
    intent          text NOT NULL,
    reply_text      text NOT NULL,
    tones           jsonb NOT NULL DEFAULT '{}',
    actions         jsonb NOT NULL DEFAULT '[]',
    answers_seq     bigint NOT NULL,
    status          text NOT NULL DEFAULT 'open' CHECK (status IN
                    ('open', 'sent', 'edited', 'rejected', 'taken_over', 'superseded', 'ignored')),
    was_accepted    boolean,
    seeded_error    boolean NOT NULL DEFAULT false,
    shown_at        timestamptz,
    resolved_at     timestamptz,
    resolved_by     text,
    final_text      text,
    reject_reason   text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, suggestion_id)
);
CREATE INDEX suggestions_open ON suggested_replies (tenant_id, conversation_id, created_at DESC);

CREATE TABLE handovers (
    tenant_id       text NOT NULL DEFAULT app.current_tenant(),
    handover_id     text NOT NULL,
    conversation_id text NOT NULL,
    turn_id         text,
    reason          text NOT NULL,
    priority        text NOT NULL,
    team            text NOT NULL DEFAULT 'support',
    summary         text NOT NULL,
    next_step       text NOT NULL DEFAULT '',
    detail          jsonb NOT NULL DEFAULT '{}',
    status          text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'taken', 'resolved')),
    assigned_to     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at     timestamptz,
    PRIMARY KEY (tenant_id, handover_id)
);
CREATE INDEX handovers_open ON handovers (tenant_id, status, created_at);
CREATE INDEX handovers_conversation ON handovers (tenant_id, conversation_id, created_at DESC);

CREATE TABLE outbound_messages (
    tenant_id           text NOT NULL DEFAULT app.current_tenant(),
    outbound_id         text NOT NULL,
    conversation_id     text,
    contact_id          text NOT NULL,
    turn_id             text,
    channel             text NOT NULL,
    channel_account_id  text,
    recipient           text NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('reply', 'notice', 'reminder', 'follow_up', 'template')),
    class               text NOT NULL DEFAULT 'transactional'
                        CHECK (class IN ('transactional', 'commercial')),
    text                text NOT NULL,
    template            jsonb,
    idempotency_key     text NOT NULL,
    status              text NOT NULL DEFAULT 'queued' CHECK (status IN
                        ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'uncertain', 'dead', 'cancelled')),
    attempts            integer NOT NULL DEFAULT 0,
    due_at              timestamptz NOT NULL DEFAULT now(),
    provider_message_id text,
    failed_reason       text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    sent_at             timestamptz,
    delivered_at        timestamptz,
    read_at             timestamptz,
    PRIMARY KEY (tenant_id, outbound_id),
    UNIQUE (tenant_id, idempotency_key)
);
CREATE INDEX outbound_due ON outbound_messages (tenant_id, status, due_at);
CREATE INDEX outbound_conversation ON outbound_messages (tenant_id, conversation_id, created_at);
CREATE INDEX outbound_provider ON outbound_messages (tenant_id, channel, provider_message_id)
    WHERE provider_message_id IS NOT NULL;

CREATE TABLE executed_actions (
    tenant_id       text NOT NULL DEFAULT app.current_tenant(),
    action_key      text NOT NULL,
    turn_id         text,
    conversation_id text,
    tool            text NOT NULL,
    args            jsonb NOT NULL,
    status          text NOT NULL DEFAULT 'started' CHECK (status IN ('started', 'done', 'refused', 'failed')),
    result          jsonb,
    executed_by     text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, action_key)
);

SELECT app.protect('contacts');
SELECT app.protect('conversations');
SELECT app.protect('messages');
SELECT app.protect('turns');
SELECT app.protect('suggested_replies');
SELECT app.protect('handovers');
SELECT app.protect('outbound_messages');
SELECT app.protect('executed_actions');

-- A tenant's own wording of a playbook or its own intent: drafted, tested, published, rolled back.
CREATE TABLE playbook_versions (
    tenant_id    text NOT NULL DEFAULT app.current_tenant(),
    intent       text NOT NULL,
    version      integer NOT NULL,
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'retired')),
    source       text NOT NULL,
    author       text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    PRIMARY KEY (tenant_id, intent, version)
);
CREATE UNIQUE INDEX playbook_published ON playbook_versions (tenant_id, intent)
    WHERE status = 'published';

CREATE TABLE intent_settings (
    tenant_id   text NOT NULL DEFAULT app.current_tenant(),
    intent      text NOT NULL,
    label       text,
    pack        text,
    risk        text CHECK (risk IN ('low', 'medium', 'high')),
    description text,
    disabled    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, intent)
);
COMMENT ON TABLE intent_settings IS 'renamed, disabled and own intents of a tenant';

CREATE TABLE intent_examples (
    tenant_id  text NOT NULL DEFAULT app.current_tenant(),
    example_id text NOT NULL,
    intent     text NOT NULL,
    text       text NOT NULL,
    language   text NOT NULL DEFAULT 'tr',
    source     text NOT NULL CHECK (source IN ('own', 'correction')),
    turn_id    text,
    contact_id text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, example_id)
);

SELECT app.protect('playbook_versions');
SELECT app.protect('intent_settings');
SELECT app.protect('intent_examples');

CREATE TRIGGER reconfigured AFTER INSERT OR UPDATE OR DELETE ON playbook_versions
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();
CREATE TRIGGER reconfigured AFTER INSERT OR UPDATE OR DELETE ON intent_settings
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();
CREATE TRIGGER reconfigured AFTER INSERT OR UPDATE OR DELETE ON intent_examples
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();
