-- The trust curve: what was judged, where each cell stands, what people decided above it.

CREATE TABLE trust_settings (
    tenant_id      text REFERENCES tenants ON DELETE CASCADE,
    epsilon_low    double precision NOT NULL DEFAULT 0.05 CHECK (epsilon_low BETWEEN 0.005 AND 0.10),
    epsilon_medium double precision NOT NULL DEFAULT 0.02 CHECK (epsilon_medium BETWEEN 0.005 AND 0.10),
    delta          double precision NOT NULL DEFAULT 0.05 CHECK (delta BETWEEN 0.001 AND 0.10),
    audit_share    double precision NOT NULL DEFAULT 0.10 CHECK (audit_share BETWEEN 0.02 AND 1),
    settle_hours   double precision NOT NULL DEFAULT 24 CHECK (settle_hours BETWEEN 0 AND 168),
    seeded_share   double precision NOT NULL DEFAULT 0 CHECK (seeded_share BETWEEN 0 AND 0.10),
    PRIMARY KEY (tenant_id)
);
COMMENT ON COLUMN trust_settings.seeded_share IS
    'opt-in: share of drafts that are wrong on purpose, to see whether reviewers notice';

CREATE TABLE trust_verdicts (
    tenant_id        text,
    verdict_id       text NOT NULL,
    seq              bigint GENERATED ALWAYS AS IDENTITY,
    turn_id          text NOT NULL,
    conversation_id  text NOT NULL,
    intent           text NOT NULL,
    language         text NOT NULL,
    path             text NOT NULL,
    behaviour        text NOT NULL,
    kind             text NOT NULL,
    confidence       double precision NOT NULL,
    resolving        boolean NOT NULL,
    shared           boolean NOT NULL,
    at               timestamptz NOT NULL,
    by               text NOT NULL,
    reading_seconds  double precision,
    corrected_intent text,
    seeded_error     boolean NOT NULL DEFAULT false,
    detail           jsonb NOT NULL DEFAULT '{}',
    risk             text NOT NULL CHECK (risk IN ('low', 'medium', 'high')),
    counted          text NOT NULL CHECK (counted IN ('right', 'wrong', 'nothing')),
    why              text NOT NULL DEFAULT '',
    terms            jsonb NOT NULL,
    capital          double precision[] NOT NULL,
    PRIMARY KEY (tenant_id, verdict_id)
);
CREATE INDEX trust_verdicts_cell ON trust_verdicts (tenant_id, intent, language, path, behaviour, seq);
CREATE INDEX trust_verdicts_conversation ON trust_verdicts (tenant_id, conversation_id, intent);
CREATE INDEX trust_verdicts_turn ON trust_verdicts (tenant_id, turn_id);
CREATE INDEX trust_verdicts_errors ON trust_verdicts (tenant_id, at DESC) WHERE counted = 'wrong';
COMMENT ON TABLE trust_verdicts IS 'append-only; folding it again gives trust_cells';
COMMENT ON COLUMN trust_verdicts.terms IS 'ε, δ and settling time that the verdict was counted under';
COMMENT ON COLUMN trust_verdicts.capital IS 'natural logarithm by threshold, after this verdict';

CREATE TABLE trust_cells (
    tenant_id  text,
    intent     text NOT NULL,
    language   text NOT NULL,
    path       text NOT NULL,
    behaviour  text NOT NULL,
    risk       text NOT NULL CHECK (risk IN ('low', 'medium', 'high')),
    hint       jsonb,
    state      jsonb NOT NULL,
    standing   jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, intent, language, path, behaviour)
);
COMMENT ON COLUMN trust_cells.hint IS 'record of the version before, which set the first bets';
COMMENT ON COLUMN trust_cells.standing IS 'the part of the state that decisions are made on';

CREATE TABLE trust_reviewers (
    tenant_id text,
    user_id   text NOT NULL,
    decisions integer NOT NULL DEFAULT 0,
    changed   integer NOT NULL DEFAULT 0,
    in_a_row  integer NOT NULL DEFAULT 0,
    fast      integer NOT NULL DEFAULT 0,
    seeded    integer NOT NULL DEFAULT 0,
    caught    integer NOT NULL DEFAULT 0,
    last_turn text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE trust_overrides (
    tenant_id   text,
    override_id text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('kill', 'pin_suggest', 'pin_auto')),
    intent      text,
    by          text NOT NULL CHECK (by <> ''),
    reason      text NOT NULL CHECK (reason <> ''),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    ended_at    timestamptz,
    ended_by    text,
    end_reason  text,
    PRIMARY KEY (tenant_id, override_id),
    CHECK (kind <> 'pin_auto' OR (intent IS NOT NULL AND expires_at IS NOT NULL))
);
CREATE INDEX trust_overrides_open ON trust_overrides (tenant_id, intent) WHERE ended_at IS NULL;
COMMENT ON COLUMN trust_overrides.intent IS 'NULL: every intent of the tenant';

CREATE TABLE trust_events (
    tenant_id  text,
    event_id   text NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('promoted', 'climbed', 'fell', 'watched', 'restarted',
               'began', 'pinned', 'killed', 'ended')),
    intent     text,
    language   text,
    path       text,
    behaviour  text,
    verdict_id text,
    detail     jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX trust_events_recent ON trust_events (tenant_id, at DESC);

SELECT app.protect('trust_settings'), app.protect('trust_verdicts', 'select, insert'),
       app.protect('trust_cells', 'select, insert, update'),
       app.protect('trust_reviewers', 'select, insert, update'),
       app.protect('trust_overrides', 'select, insert, update'),
       app.protect('trust_events', 'select, insert');

-- The audit queue is what was sent by itself, drew the audit coin, and nobody has judged yet.
CREATE INDEX turns_to_audit ON turns (tenant_id, created_at)
    WHERE outcome = 'answered' AND (why -> 'decision' ->> 'audit') = 'true';

-- One row for the whole system: the secret that coins are drawn with, and the switch that stops
-- every automatic reply. The API may read it; the worker's role alone may throw the switch.
CREATE TABLE trust_system (
    only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    secret    text NOT NULL,
    killed_at timestamptz,
    killed_by text,
    reason    text
);
INSERT INTO trust_system (secret)
VALUES (encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'));
GRANT SELECT ON trust_system TO app, worker;
GRANT UPDATE (killed_at, killed_by, reason) ON trust_system TO worker;
