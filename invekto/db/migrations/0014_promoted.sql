-- Corrections of production on their way into evaluation sets: pseudonymised when they are proposed,
-- in a set only once a person has approved them, gone with the customer they come from.

CREATE TABLE eval_lines (
    tenant_id   text NOT NULL DEFAULT app.current_tenant(),
    line_id     text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('intents')),
    line        jsonb NOT NULL,
    example_id  text NOT NULL,
    turn_id     text,
    contact_id  text,
    status      text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'approved', 'refused')),
    proposed_at timestamptz NOT NULL,
    decided_at  timestamptz,
    decided_by  text,
    PRIMARY KEY (tenant_id, line_id),
    UNIQUE (tenant_id, kind, example_id)
);
COMMENT ON COLUMN eval_lines.line IS 'as the evaluation file has it, personal data replaced';

SELECT app.protect('eval_lines');
