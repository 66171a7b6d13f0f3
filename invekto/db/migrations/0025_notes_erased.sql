-- What people wrote beside a verdict may quote a customer: it goes with them when they are erased.
-- Everything else of a verdict and of the feed stays append-only.
GRANT UPDATE (detail) ON trust_verdicts TO app, worker;
GRANT UPDATE (detail) ON trust_events TO app, worker;
