-- What a model endpoint cost each tenant, by day.

CREATE TABLE model_usage (
    tenant_id  text,
    day        date NOT NULL,
    operation  text NOT NULL,
    calls      integer NOT NULL DEFAULT 0,
    failures   integer NOT NULL DEFAULT 0,
    tokens_in  bigint NOT NULL DEFAULT 0,
    tokens_out bigint NOT NULL DEFAULT 0,
    cost       numeric(14, 6) NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, operation)
);

SELECT app.protect('model_usage');
