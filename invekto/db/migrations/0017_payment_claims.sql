-- A payment provider is asked outside any transaction: who asks says so first.

ALTER TABLE payment_links ADD COLUMN claimed_until timestamptz;
COMMENT ON COLUMN payment_links.claimed_until IS
    'somebody is asking the provider for it until then; after that they have died';
