-- A draft that is wrong on purpose keeps the right one beside it, until a person has judged it.

ALTER TABLE suggested_replies ADD COLUMN true_draft jsonb;
COMMENT ON COLUMN suggested_replies.true_draft IS
    'of a seeded draft only: {text, tones, right, wrong}; the fact that was changed, and the draft as it was';
