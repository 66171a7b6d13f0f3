-- How often autonomy was earned and lost, over all tenants: for metrics, without letting a process
-- look into any tenant's trust.

CREATE TABLE app.trust_changes (
    kind    text PRIMARY KEY,
    changes bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE app.trust_changes IS 'counts of all tenants by kind of change: promoted, fell';
GRANT SELECT ON app.trust_changes TO app, worker;

CREATE FUNCTION app.count_trust_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO app.trust_changes AS c (kind, changes) VALUES (NEW.kind, 1)
    ON CONFLICT (kind) DO UPDATE SET changes = c.changes + 1;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION app.count_trust_change() FROM PUBLIC;
CREATE TRIGGER count_change AFTER INSERT ON trust_events
    FOR EACH ROW WHEN (NEW.kind IN ('promoted', 'fell')) EXECUTE FUNCTION app.count_trust_change();
