-- What a customer asked the shop to do with an order is told of as it comes and as it moves on, so
-- that a shop's own programs may act on it.

CREATE FUNCTION app.emit_request() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.emit(NEW.tenant_id, 'request.changed',
        jsonb_build_object('request_id', NEW.request_id, 'order_id', NEW.order_id,
            'conversation_id', NEW.conversation_id, 'status', NEW.status));
    RETURN NULL;
END
$$;
CREATE TRIGGER emit AFTER INSERT ON order_requests
    FOR EACH ROW EXECUTE FUNCTION app.emit_request();
CREATE TRIGGER emit_change AFTER UPDATE OF status ON order_requests
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION app.emit_request();
