-- What people keep beside conversations: internal notes and canned replies.

CREATE TABLE conversation_notes (
    tenant_id       text NOT NULL DEFAULT app.current_tenant(),
    note_id         text NOT NULL,
    conversation_id text NOT NULL,
    written_by      text NOT NULL,
    text            text NOT NULL CHECK (text <> ''),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, note_id)
);
CREATE INDEX conversation_notes_of ON conversation_notes (tenant_id, conversation_id, created_at);

CREATE TABLE canned_replies (
    tenant_id  text NOT NULL DEFAULT app.current_tenant(),
    canned_id  text NOT NULL,
    shortcut   text NOT NULL CHECK (shortcut <> ''),
    language   text NOT NULL,
    text       text NOT NULL CHECK (text <> ''),
    created_by text NOT NULL,
    PRIMARY KEY (tenant_id, canned_id),
    UNIQUE (tenant_id, shortcut, language)
);

SELECT app.protect('conversation_notes'), app.protect('canned_replies');

-- The inbox: all conversations, the latest first.
CREATE INDEX conversations_latest ON conversations (tenant_id, last_message_at DESC);
