-- A business's own files between upload and "take them in": looked through, shown, confirmed.

CREATE TABLE imports (
    tenant_id   text,
    import_id   text NOT NULL,
    status      text NOT NULL DEFAULT 'checked' CHECK (status IN ('checked', 'applying', 'applied')),
    names       text[] NOT NULL,
    choices     jsonb NOT NULL DEFAULT '[]',
    report      bytea NOT NULL,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, import_id)
);
CREATE INDEX imports_expire ON imports (tenant_id, expires_at);
COMMENT ON COLUMN imports.choices IS 'what a person decided of kinds and columns, by sheet';
COMMENT ON COLUMN imports.report IS 'sealed: it quotes rows, and rows are about people';

CREATE TABLE import_files (
    tenant_id   text,
    import_id   text NOT NULL,
    position    int NOT NULL,
    name        text NOT NULL,
    content     bytea NOT NULL,
    PRIMARY KEY (tenant_id, import_id, position),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports ON DELETE CASCADE
);
COMMENT ON COLUMN import_files.content IS 'sealed; deleted as soon as it was taken in, or after a day';

SELECT app.protect('imports'), app.protect('import_files');
