-- The job queue is procrastinate's (schema `jobs`); this is how it is entered and kept clean.

-- Fair order: the last place of a tenant in its line, the head of the line, the jobs of a lock.
CREATE INDEX fair_line ON jobs.procrastinate_jobs ((args ->> 'tenant_id'), queue_name, priority)
    WHERE status = 'todo';
CREATE INDEX head_of_line ON jobs.procrastinate_jobs (queue_name, priority DESC, id)
    WHERE status = 'todo';
CREATE INDEX same_lock ON jobs.procrastinate_jobs (lock, priority DESC, id)
    WHERE status IN ('todo', 'doing');

-- A queueing lock is about waiting jobs. Kept on a running one, it would forbid that job's own
-- retry as soon as a second job waits under it, and the lock would never be freed.
CREATE FUNCTION jobs.forget_queueing_lock() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.queueing_lock := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER forget_queueing_lock BEFORE UPDATE OF status ON jobs.procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'todo' AND NEW.status = 'doing')
    EXECUTE FUNCTION jobs.forget_queueing_lock();

-- Adds a job of the transaction's tenant and returns its id. Locks are the tenant's own.
--
-- A job that waits under the same queueing lock is moved to the new time instead, but never
-- further than `longest_wait` after it was first asked for. The update also keeps workers off
-- that job until this transaction is committed, so that it will see what is written here.
--
-- Fairness: a tenant's job takes the place after the tenant's last waiting one; a tenant without
-- waiting jobs starts at the head of the line. So tenants take turns, however many jobs one has.
CREATE FUNCTION jobs.enqueue(
    task text, line text, own_lock text, own_queueing_lock text, ids jsonb,
    delay interval, longest_wait interval
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_catalog, pg_temp
AS $$
DECLARE
    tenant text := app.current_tenant();
    place integer;
    job_id bigint;
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'a job needs a tenant: enqueue it inside a tenant transaction';
    END IF;
    IF line = 'timed' THEN
        place := 0;
    ELSE
        SELECT min(j.priority) - 1 INTO place FROM procrastinate_jobs j
        WHERE j.status = 'todo' AND j.args ->> 'tenant_id' = tenant AND j.queue_name = line;
        IF place IS NULL THEN
            SELECT j.priority INTO place FROM procrastinate_jobs j
            WHERE j.status = 'todo' AND j.queue_name = line
            ORDER BY j.priority DESC, j.id LIMIT 1;
        END IF;
    END IF;
    INSERT INTO procrastinate_jobs AS j
        (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    VALUES (line, task, coalesce(place, 0), tenant || '/' || own_lock,
        tenant || '/' || own_queueing_lock, ids || jsonb_build_object('tenant_id', tenant),
        CASE WHEN delay > interval '0' THEN clock_timestamp() + delay END)
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE SET scheduled_at = least(
        coalesce(EXCLUDED.scheduled_at, clock_timestamp()),
        (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) + longest_wait)
    RETURNING j.id INTO job_id;
    RETURN job_id;
END
$$;

-- Puts jobs of dead workers (no heartbeat for `silence`) back in line; returns how many.
CREATE FUNCTION jobs.revive(silence interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_catalog, pg_temp
AS $$
DECLARE
    revived integer;
BEGIN
    WITH dead AS (
        SELECT j.id FROM procrastinate_jobs j
        LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
        WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - silence)
        FOR UPDATE OF j SKIP LOCKED
    )
    UPDATE procrastinate_jobs j
    SET status = 'todo', attempts = attempts + 1, scheduled_at = NULL, worker_id = NULL,
        abort_requested = false
    FROM dead WHERE j.id = dead.id;
    GET DIAGNOSTICS revived = ROW_COUNT;
    DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - silence;
    RETURN revived;
END
$$;

-- Deletes jobs that failed or were cancelled longer than `age` ago; returns how many. (Those
-- that succeed are deleted at once.)
CREATE FUNCTION jobs.prune(age interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_catalog, pg_temp
AS $$
DECLARE
    pruned integer;
BEGIN
    DELETE FROM procrastinate_jobs j
    WHERE j.status NOT IN ('todo', 'doing') AND NOT EXISTS (
        SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > now() - age);
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN pruned;
END
$$;

-- procrastinate's functions name its tables bare: pinned, they work on any search path.
DO $$
DECLARE
    signature regprocedure;
BEGIN
    FOR signature IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'jobs'::regnamespace AND proconfig IS NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_catalog, pg_temp', signature);
    END LOOP;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    jobs.enqueue(text, text, text, text, jsonb, interval, interval) TO app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO worker;
