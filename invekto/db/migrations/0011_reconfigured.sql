-- What a tenant's kit is built from, beside the tables of earlier migrations: the names of what it offers.

CREATE TRIGGER reconfigured AFTER INSERT OR DELETE OR UPDATE OF name, names, status ON products
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();
CREATE TRIGGER reconfigured AFTER INSERT OR DELETE OR UPDATE OF name, names, synonyms, active ON services
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();
CREATE TRIGGER reconfigured AFTER INSERT OR DELETE OR UPDATE OF name, title, active ON practitioners
    FOR EACH STATEMENT EXECUTE FUNCTION app.reconfigured();
