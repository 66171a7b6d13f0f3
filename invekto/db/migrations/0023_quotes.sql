-- A customer's own quotes, for the link that is asked for after one was given.

CREATE INDEX quotes_contact ON quotes (tenant_id, contact_id, created_at DESC)
    WHERE contact_id IS NOT NULL;
