-- What a business sells and does: catalogue, orders, appointments, prices, payment links, leads.
-- Money is numeric(12,2) beside its ISO currency; moments are timestamptz; ids are text.

-- Catalogue ------------------------------------------------------------------------------------

CREATE TABLE products (
    tenant_id    text,
    product_id   text NOT NULL,
    sku          text NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    names        jsonb NOT NULL DEFAULT '{}',
    category     text NOT NULL DEFAULT '',
    brand        text NOT NULL DEFAULT '',
    description  text NOT NULL DEFAULT '',
    descriptions jsonb NOT NULL DEFAULT '{}',
    attributes   jsonb NOT NULL DEFAULT '{}',
    tags         text[] NOT NULL DEFAULT '{}',
    price        numeric(12,2) NOT NULL CHECK (price >= 0),
    currency     text NOT NULL DEFAULT 'TRY' CHECK (currency ~ '^[A-Z]{3}$'),
    margin_tier  text NOT NULL DEFAULT 'medium' CHECK (margin_tier IN ('low', 'medium', 'high')),
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'hidden', 'discontinued')),
    url          text,
    search_text  text NOT NULL DEFAULT '',
    source       text NOT NULL DEFAULT 'own',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, product_id),
    UNIQUE (tenant_id, sku)
);
COMMENT ON COLUMN products.names IS 'name by language, beside `name` in the tenant''s own';
COMMENT ON COLUMN products.attributes IS 'material, fit, care, dimensions …, as the shop calls them';
COMMENT ON COLUMN products.search_text IS 'names, category, tags and attributes, folded';

CREATE TABLE product_variants (
    tenant_id  text,
    variant_id text NOT NULL,
    product_id text NOT NULL,
    sku        text NOT NULL,
    size       text NOT NULL DEFAULT '',
    colour     text NOT NULL DEFAULT '',
    price      numeric(12,2) CHECK (price >= 0),
    stock_qty  integer NOT NULL DEFAULT 0 CHECK (stock_qty >= 0),
    barcode    text,
    back_on    date,
    position   integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, variant_id),
    UNIQUE (tenant_id, sku),
    FOREIGN KEY (tenant_id, product_id) REFERENCES products ON DELETE CASCADE
);
CREATE INDEX product_variants_product ON product_variants (tenant_id, product_id, position);
COMMENT ON COLUMN product_variants.price IS 'where it differs from the product''s';

CREATE TABLE bundle_rules (
    tenant_id          text,
    rule_id            text NOT NULL,
    trigger_product_id text NOT NULL,
    offer_product_id   text NOT NULL,
    rule_type          text NOT NULL DEFAULT 'cross_sell'
                       CHECK (rule_type IN ('upsell', 'cross_sell', 'bundle')),
    discount_pct       numeric(5,2) NOT NULL DEFAULT 0 CHECK (discount_pct BETWEEN 0 AND 100),
    priority           integer NOT NULL DEFAULT 0,
    active             boolean NOT NULL DEFAULT true,
    created_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, rule_id),
    FOREIGN KEY (tenant_id, trigger_product_id) REFERENCES products ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, offer_product_id) REFERENCES products ON DELETE CASCADE
);
CREATE INDEX bundle_rules_trigger ON bundle_rules (tenant_id, trigger_product_id);

CREATE TABLE recommendation_log (
    tenant_id         text,
    recommendation_id text NOT NULL,
    conversation_id   text,
    contact_id        text,
    turn_id           text,
    product_id        text NOT NULL,
    rank              integer NOT NULL,
    reason            text NOT NULL,
    action            text NOT NULL DEFAULT 'shown' CHECK (action IN ('shown', 'accepted', 'rejected')),
    created_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, recommendation_id)
);
CREATE INDEX recommendation_log_conversation
    ON recommendation_log (tenant_id, conversation_id, created_at);

SELECT app.protect('products'), app.protect('product_variants'), app.protect('bundle_rules'),
       app.protect('recommendation_log');

-- Orders ---------------------------------------------------------------------------------------

CREATE TABLE orders (
    tenant_id       text,
    order_id        text NOT NULL,
    number          text NOT NULL,
    number_key      text NOT NULL,
    number_digits   text GENERATED ALWAYS AS (regexp_replace(number_key, '[^0-9]', '', 'g')) STORED,
    provider        text NOT NULL DEFAULT 'own',
    external_id     text,
    contact_id      text,
    customer_name   text,
    customer_phone  text,
    customer_email  text,
    postcode        text,
    address         jsonb NOT NULL DEFAULT '{}',
    status          text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'preparing', 'shipped',
                    'out_for_delivery', 'delivered', 'returned', 'refund_pending', 'refunded',
                    'cancelled')),
    placed_at       timestamptz NOT NULL,
    promised_from   date,
    promised_until  date,
    shipped_at      timestamptz,
    delivered_at    timestamptz,
    cancelled_at    timestamptz,
    courier         text,
    tracking_number text,
    tracking_url    text,
    tracking_note   text,
    payment_method  text,
    paid            boolean NOT NULL DEFAULT true,
    subtotal        numeric(12,2),
    shipping_fee    numeric(12,2) NOT NULL DEFAULT 0,
    discount        numeric(12,2) NOT NULL DEFAULT 0,
    total           numeric(12,2) NOT NULL CHECK (total >= 0),
    currency        text NOT NULL DEFAULT 'TRY' CHECK (currency ~ '^[A-Z]{3}$'),
    refund_amount   numeric(12,2) CHECK (refund_amount >= 0),
    refund_started  date,
    refund_expected date,
    refunded_at     timestamptz,
    invoice_number  text,
    invoice_url     text,
    delivery_note   text,
    data            jsonb NOT NULL DEFAULT '{}',
    synced_at       timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, order_id),
    UNIQUE (tenant_id, provider, number)
);
CREATE INDEX orders_number ON orders (tenant_id, number_digits);
CREATE INDEX orders_phone ON orders (tenant_id, customer_phone, placed_at DESC);
CREATE INDEX orders_contact ON orders (tenant_id, contact_id, placed_at DESC) WHERE contact_id IS NOT NULL;
CREATE INDEX orders_tracking ON orders (tenant_id, tracking_number) WHERE tracking_number IS NOT NULL;
COMMENT ON TABLE orders IS 'orders of every source, the plan''s orders_cache';
COMMENT ON COLUMN orders.number_key IS 'the number without spaces, dashes and case: as people type it';
COMMENT ON COLUMN orders.customer_phone IS 'E.164, such as +905321112233';

CREATE TABLE order_items (
    tenant_id  text,
    order_id   text NOT NULL,
    line       integer NOT NULL,
    product_id text,
    variant_id text,
    sku        text NOT NULL DEFAULT '',
    name       text NOT NULL,
    size       text NOT NULL DEFAULT '',
    colour     text NOT NULL DEFAULT '',
    quantity   integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
    unit_price numeric(12,2) NOT NULL CHECK (unit_price >= 0),
    status     text NOT NULL DEFAULT 'ordered'
               CHECK (status IN ('ordered', 'cancelled', 'returned', 'exchanged')),
    PRIMARY KEY (tenant_id, order_id, line),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX order_items_product ON order_items (tenant_id, product_id) WHERE product_id IS NOT NULL;

CREATE TABLE order_requests (
    tenant_id       text,
    request_id      text NOT NULL,
    order_id        text NOT NULL,
    kind            text NOT NULL
                    CHECK (kind IN ('cancel', 'change', 'return', 'exchange', 'invoice', 'problem')),
    status          text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved',
                    'in_progress', 'done', 'rejected', 'withdrawn')),
    reason          text,
    lines           integer[] NOT NULL DEFAULT '{}',
    detail          jsonb NOT NULL DEFAULT '{}',
    amount          numeric(12,2),
    contact_id      text,
    conversation_id text,
    turn_id         text,
    idempotency_key text NOT NULL,
    resolved_by     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, request_id),
    UNIQUE (tenant_id, idempotency_key),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders ON DELETE CASCADE
);
CREATE INDEX order_requests_order ON order_requests (tenant_id, order_id, created_at);
CREATE INDEX order_requests_open ON order_requests (tenant_id, status, created_at);

CREATE TABLE claims (
    tenant_id   text,
    claim_id    text NOT NULL,
    provider    text NOT NULL,
    external_id text NOT NULL,
    order_id    text,
    request_id  text,
    status      text NOT NULL,
    reason      text,
    lines       jsonb NOT NULL DEFAULT '[]',
    data        jsonb NOT NULL DEFAULT '{}',
    opened_at   timestamptz NOT NULL,
    synced_at   timestamptz,
    PRIMARY KEY (tenant_id, claim_id),
    UNIQUE (tenant_id, provider, external_id)
);
CREATE INDEX claims_order ON claims (tenant_id, order_id) WHERE order_id IS NOT NULL;

CREATE TABLE identity_attempts (
    tenant_id  text,
    attempt_id text NOT NULL,
    contact_id text NOT NULL,
    reference  text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, attempt_id)
);
CREATE INDEX identity_attempts_contact ON identity_attempts (tenant_id, contact_id, at);
CREATE INDEX identity_attempts_reference ON identity_attempts (tenant_id, reference, at);
COMMENT ON TABLE identity_attempts IS 'second factors that did not fit: a few, then a person';

CREATE TABLE return_deflections (
    tenant_id           text,
    deflection_id       text NOT NULL,
    conversation_id     text,
    contact_id          text,
    order_id            text,
    request_id          text,
    original_intent     text NOT NULL DEFAULT 'return_request',
    reason_category     text NOT NULL
                        CHECK (reason_category IN ('size', 'color', 'quality', 'damaged',
                               'wrong_item', 'changed_mind', 'other')),
    action_taken        text NOT NULL
                        CHECK (action_taken IN ('exchange_offered', 'coupon_offered', 'return_started')),
    was_deflected       boolean,
    coupon_code         text,
    coupon_amount       numeric(12,2),
    exchange_product_id text,
    saved_revenue       numeric(12,2) NOT NULL DEFAULT 0,
    currency            text NOT NULL DEFAULT 'TRY',
    created_at          timestamptz NOT NULL DEFAULT now(),
    settled_at          timestamptz,
    PRIMARY KEY (tenant_id, deflection_id)
);
CREATE INDEX return_deflections_recent ON return_deflections (tenant_id, created_at);
COMMENT ON COLUMN return_deflections.was_deflected IS 'NULL until the customer has decided';

SELECT app.protect('orders'), app.protect('order_items'), app.protect('order_requests'),
       app.protect('claims'), app.protect('identity_attempts'), app.protect('return_deflections');

-- Services, prices, campaigns ------------------------------------------------------------------

CREATE TABLE services (
    tenant_id        text,
    service_id       text NOT NULL,
    name             text NOT NULL CHECK (name <> ''),
    names            jsonb NOT NULL DEFAULT '{}',
    synonyms         text[] NOT NULL DEFAULT '{}',
    category         text NOT NULL DEFAULT '',
    description      text NOT NULL DEFAULT '',
    descriptions     jsonb NOT NULL DEFAULT '{}',
    duration_minutes integer NOT NULL CHECK (duration_minutes > 0 AND duration_minutes % 5 = 0),
    buffer_before    integer NOT NULL DEFAULT 0 CHECK (buffer_before >= 0 AND buffer_before % 5 = 0),
    buffer_after     integer NOT NULL DEFAULT 0 CHECK (buffer_after >= 0 AND buffer_after % 5 = 0),
    price_min        numeric(12,2) CHECK (price_min >= 0),
    price_max        numeric(12,2),
    currency         text NOT NULL DEFAULT 'TRY' CHECK (currency ~ '^[A-Z]{3}$'),
    prices           jsonb NOT NULL DEFAULT '{}',
    starts_from      boolean NOT NULL DEFAULT false,
    instalments      integer NOT NULL DEFAULT 0,
    deposit          numeric(12,2) CHECK (deposit > 0),
    sessions         text NOT NULL DEFAULT '',
    recovery_days    integer,
    aftercare        jsonb NOT NULL DEFAULT '{}',
    bookable         boolean NOT NULL DEFAULT true,
    valid_until      date,
    active           boolean NOT NULL DEFAULT true,
    search_text      text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, service_id),
    CHECK (price_max IS NULL OR price_min IS NULL OR price_max >= price_min)
);
COMMENT ON TABLE services IS 'the plan''s service_catalog and service_pricing in one';
COMMENT ON COLUMN services.prices IS 'prices in other currencies: {"EUR": [400, 600]}';

CREATE TABLE packages (
    tenant_id   text,
    package_id  text NOT NULL,
    name        text NOT NULL CHECK (name <> ''),
    names       jsonb NOT NULL DEFAULT '{}',
    description text NOT NULL DEFAULT '',
    descriptions jsonb NOT NULL DEFAULT '{}',
    service_ids text[] NOT NULL DEFAULT '{}',
    product_ids text[] NOT NULL DEFAULT '{}',
    includes    jsonb NOT NULL DEFAULT '{}',
    price_min   numeric(12,2) CHECK (price_min >= 0),
    price_max   numeric(12,2),
    currency    text NOT NULL DEFAULT 'TRY',
    prices      jsonb NOT NULL DEFAULT '{}',
    starts_from boolean NOT NULL DEFAULT false,
    deposit     numeric(12,2) CHECK (deposit > 0),
    valid_from  date,
    valid_until date,
    active      boolean NOT NULL DEFAULT true,
    search_text text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, package_id)
);
COMMENT ON COLUMN packages.includes IS 'what is in it, a list of short lines by language';

CREATE TABLE campaigns (
    tenant_id    text,
    campaign_id  text NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    names        jsonb NOT NULL DEFAULT '{}',
    description  text NOT NULL DEFAULT '',
    descriptions jsonb NOT NULL DEFAULT '{}',
    code         text,
    percent      numeric(5,2) CHECK (percent > 0 AND percent <= 100),
    amount       numeric(12,2) CHECK (amount > 0),
    min_total    numeric(12,2),
    currency     text NOT NULL DEFAULT 'TRY',
    categories   text[] NOT NULL DEFAULT '{}',
    product_ids  text[] NOT NULL DEFAULT '{}',
    service_ids  text[] NOT NULL DEFAULT '{}',
    valid_from   date NOT NULL,
    valid_until  date,
    active       boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, campaign_id)
);

CREATE TABLE coupons (
    tenant_id       text,
    code            text NOT NULL CHECK (code = upper(code)),
    contact_id      text,
    percent         numeric(5,2) CHECK (percent > 0 AND percent <= 100),
    amount          numeric(12,2) CHECK (amount > 0),
    min_total       numeric(12,2),
    currency        text NOT NULL DEFAULT 'TRY',
    reason          text NOT NULL DEFAULT '',
    max_uses        integer NOT NULL DEFAULT 1 CHECK (max_uses > 0),
    used            integer NOT NULL DEFAULT 0 CHECK (used <= max_uses),
    valid_from      timestamptz NOT NULL,
    valid_until     timestamptz NOT NULL,
    status          text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'used', 'cancelled')),
    idempotency_key text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code),
    UNIQUE (tenant_id, idempotency_key),
    CHECK (num_nonnulls(percent, amount) = 1)
);

CREATE TABLE quotes (
    tenant_id       text,
    quote_id        text NOT NULL,
    number          text NOT NULL,
    contact_id      text,
    conversation_id text,
    lines           jsonb NOT NULL,
    total_min       numeric(12,2) NOT NULL CHECK (total_min >= 0),
    total_max       numeric(12,2) NOT NULL CHECK (total_max >= total_min),
    deposit         numeric(12,2),
    currency        text NOT NULL,
    valid_until     timestamptz NOT NULL,
    status          text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'cancelled')),
    idempotency_key text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, quote_id),
    UNIQUE (tenant_id, number),
    UNIQUE (tenant_id, idempotency_key)
);

SELECT app.protect('services'), app.protect('packages'), app.protect('campaigns'),
       app.protect('coupons'), app.protect('quotes');

-- Appointments ---------------------------------------------------------------------------------

CREATE TABLE practitioners (
    tenant_id       text,
    practitioner_id text NOT NULL,
    name            text NOT NULL CHECK (name <> ''),
    title           text NOT NULL DEFAULT '',
    languages       text[] NOT NULL DEFAULT '{tr}',
    service_ids     text[] NOT NULL DEFAULT '{}',
    active          boolean NOT NULL DEFAULT true,
    position        integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, practitioner_id)
);
COMMENT ON COLUMN practitioners.service_ids IS 'empty: every bookable service';

CREATE TABLE appointment_slots (
    tenant_id       text,
    slot_id         text NOT NULL,
    practitioner_id text NOT NULL,
    service_id      text,
    weekday         smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    start_time      time NOT NULL,
    end_time        time NOT NULL,
    max_capacity    smallint NOT NULL DEFAULT 1 CHECK (max_capacity BETWEEN 1 AND 100),
    valid_from      date,
    valid_until     date,
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, slot_id),
    FOREIGN KEY (tenant_id, practitioner_id) REFERENCES practitioners ON DELETE CASCADE,
    CHECK (end_time > start_time)
);
CREATE INDEX appointment_slots_practitioner ON appointment_slots (tenant_id, practitioner_id, weekday);
COMMENT ON TABLE appointment_slots IS 'weekly opening in local time; weekday 1 is Monday';
COMMENT ON COLUMN appointment_slots.service_id IS 'NULL: for every service of the practitioner';

CREATE TABLE time_off (
    tenant_id       text,
    time_off_id     text NOT NULL,
    practitioner_id text,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    reason          text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, time_off_id),
    CHECK (ends_at > starts_at)
);
CREATE INDEX time_off_range ON time_off (tenant_id, ends_at);
COMMENT ON COLUMN time_off.practitioner_id IS 'NULL: everybody';

CREATE TABLE holidays (
    tenant_id  text,
    day        date NOT NULL,
    name       text NOT NULL,
    names      jsonb NOT NULL DEFAULT '{}',
    open_from  time,
    open_until time,
    PRIMARY KEY (tenant_id, day),
    CHECK ((open_from IS NULL) = (open_until IS NULL) AND open_until > open_from)
);
COMMENT ON COLUMN holidays.open_from IS 'NULL: closed all day';

CREATE TABLE appointments (
    tenant_id       text,
    appointment_id  text NOT NULL,
    practitioner_id text NOT NULL,
    service_id      text NOT NULL,
    contact_id      text,
    patient_name    text,
    patient_phone   text,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    busy_from       timestamptz NOT NULL,
    busy_until      timestamptz NOT NULL,
    seat            smallint NOT NULL DEFAULT 1,
    status          text NOT NULL DEFAULT 'booked'
                    CHECK (status IN ('booked', 'confirmed', 'cancelled', 'completed', 'no_show')),
    note            text NOT NULL DEFAULT '',
    source          text NOT NULL DEFAULT 'assistant',
    confirmed_at    timestamptz,
    cancelled_at    timestamptz,
    cancel_reason   text,
    moved_from      timestamptz,
    sequence        integer NOT NULL DEFAULT 0,
    idempotency_key text,
    external_id     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, appointment_id),
    UNIQUE (tenant_id, idempotency_key),
    FOREIGN KEY (tenant_id, practitioner_id) REFERENCES practitioners,
    FOREIGN KEY (tenant_id, service_id) REFERENCES services,
    CHECK (ends_at > starts_at AND busy_from <= starts_at AND busy_until >= ends_at)
);
CREATE INDEX appointments_busy ON appointments (tenant_id, busy_until);
CREATE INDEX appointments_contact ON appointments (tenant_id, contact_id, starts_at);
CREATE INDEX appointments_phone ON appointments (tenant_id, patient_phone, starts_at);
CREATE INDEX appointments_day ON appointments (tenant_id, starts_at);
COMMENT ON COLUMN appointments.busy_from IS 'start less the buffer before; busy_until likewise';
COMMENT ON COLUMN appointments.sequence IS 'times moved, for iCalendar';

CREATE TABLE slot_holds (
    tenant_id       text,
    hold_id         text NOT NULL,
    practitioner_id text NOT NULL,
    service_id      text NOT NULL,
    contact_id      text,
    conversation_id text,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    busy_from       timestamptz NOT NULL,
    busy_until      timestamptz NOT NULL,
    seat            smallint NOT NULL DEFAULT 1,
    expires_at      timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, hold_id),
    FOREIGN KEY (tenant_id, practitioner_id) REFERENCES practitioners ON DELETE CASCADE
);
CREATE INDEX slot_holds_busy ON slot_holds (tenant_id, practitioner_id, expires_at);
CREATE INDEX slot_holds_contact ON slot_holds (tenant_id, contact_id);

-- No double booking, whoever writes: an appointment in force or a hold occupies its practitioner's
-- seat in steps of five minutes, each of which can be taken once. (An exclusion constraint would
-- need btree_gist, which the embedded server lacks.)
CREATE TABLE occupied_times (
    tenant_id       text,
    practitioner_id text NOT NULL,
    at              timestamptz NOT NULL,
    seat            smallint NOT NULL,
    holder          text NOT NULL,
    PRIMARY KEY (tenant_id, practitioner_id, at, seat)
);
CREATE INDEX occupied_times_holder ON occupied_times (tenant_id, holder);

CREATE FUNCTION app.occupy(
    holder_id text, practitioner text, from_time timestamptz, until_time timestamptz, seat_no smallint
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.occupied_times (practitioner_id, at, seat, holder)
    SELECT practitioner, step, seat_no, holder_id
    FROM generate_series(date_bin('5 minutes', from_time, timestamptz 'epoch'),
                         until_time - interval '1 microsecond', interval '5 minutes') step
    ORDER BY step
$$;

CREATE FUNCTION app.vacate(holder_id text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM public.occupied_times
    WHERE tenant_id = app.current_tenant() AND holder = holder_id
$$;

CREATE FUNCTION app.appointment_times() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM app.vacate(OLD.appointment_id);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.status <> 'cancelled' THEN
        PERFORM app.occupy(NEW.appointment_id, NEW.practitioner_id, NEW.busy_from, NEW.busy_until,
                           NEW.seat);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER appointment_times
    AFTER INSERT OR DELETE OR UPDATE OF practitioner_id, busy_from, busy_until, seat, status
    ON appointments FOR EACH ROW EXECUTE FUNCTION app.appointment_times();

CREATE FUNCTION app.hold_times() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM app.vacate(OLD.hold_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM app.occupy(NEW.hold_id, NEW.practitioner_id, NEW.busy_from, NEW.busy_until, NEW.seat);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_times
    AFTER INSERT OR DELETE OR UPDATE OF practitioner_id, busy_from, busy_until, seat
    ON slot_holds FOR EACH ROW EXECUTE FUNCTION app.hold_times();

CREATE TABLE waitlist (
    tenant_id       text,
    waitlist_id     text NOT NULL,
    contact_id      text,
    conversation_id text,
    patient_name    text,
    patient_phone   text,
    service_id      text NOT NULL,
    practitioner_id text,
    from_day        date NOT NULL,
    until_day       date NOT NULL,
    from_time       time,
    until_time      time,
    status          text NOT NULL DEFAULT 'waiting'
                    CHECK (status IN ('waiting', 'offered', 'booked', 'expired', 'left')),
    hold_id         text,
    offered_at      timestamptz,
    offers          integer NOT NULL DEFAULT 0,
    idempotency_key text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, waitlist_id),
    UNIQUE (tenant_id, idempotency_key),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services,
    CHECK (until_day >= from_day)
);
CREATE INDEX waitlist_waiting ON waitlist (tenant_id, service_id, status, created_at);

SELECT app.protect('practitioners'), app.protect('appointment_slots'), app.protect('time_off'),
       app.protect('holidays'), app.protect('appointments'), app.protect('slot_holds'),
       app.protect('occupied_times'), app.protect('waitlist');

-- Payment links --------------------------------------------------------------------------------

CREATE TABLE payment_links (
    tenant_id       text,
    payment_id      text NOT NULL,
    provider        text NOT NULL,
    external_id     text,
    url             text,
    amount          numeric(12,2) NOT NULL CHECK (amount > 0),
    currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    purpose         text NOT NULL CHECK (purpose IN ('order', 'quote', 'deposit')),
    reference_id    text NOT NULL,
    title           text NOT NULL,
    instalments     boolean NOT NULL DEFAULT false,
    contact_id      text,
    conversation_id text,
    lead_id         text,
    status          text NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'created', 'paid',
                    'expired', 'cancelled', 'failed')),
    expires_at      timestamptz NOT NULL,
    paid_at         timestamptz,
    idempotency_key text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, payment_id),
    UNIQUE (tenant_id, idempotency_key)
);
CREATE INDEX payment_links_reference ON payment_links (tenant_id, purpose, reference_id);
CREATE UNIQUE INDEX payment_links_external ON payment_links (tenant_id, provider, external_id)
    WHERE external_id IS NOT NULL;
COMMENT ON COLUMN payment_links.status IS '`asked`: written before the provider was called';

CREATE TABLE payment_events (
    tenant_id   text,
    payment_id  text NOT NULL,
    event_key   text NOT NULL,
    kind        text NOT NULL,
    amount      numeric(12,2),
    detail      jsonb NOT NULL DEFAULT '{}',
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, payment_id, event_key),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payment_links ON DELETE CASCADE
);
COMMENT ON TABLE payment_events IS 'callbacks, each kept once: a repeated one is harmless';

SELECT app.protect('payment_links'), app.protect('payment_events');

-- Leads ----------------------------------------------------------------------------------------

CREATE TABLE leads (
    tenant_id         text,
    lead_id           text NOT NULL,
    contact_id        text,
    conversation_id   text,
    phone             text,
    name              text,
    company           text,
    source            text NOT NULL DEFAULT 'organic',
    utm_source        text,
    utm_medium        text,
    utm_campaign      text,
    referral          jsonb NOT NULL DEFAULT '{}',
    interest          text NOT NULL DEFAULT '',
    quantity          integer CHECK (quantity > 0),
    budget            numeric(12,2) CHECK (budget >= 0),
    currency          text,
    country           text,
    score             smallint NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
    score_reasons     jsonb NOT NULL DEFAULT '[]',
    pipeline_status   text NOT NULL DEFAULT 'new' CHECK (pipeline_status IN ('new', 'contacted',
                      'consultation', 'appointment', 'patient', 'won', 'lost')),
    assigned_to       text,
    qualification     jsonb NOT NULL DEFAULT '{}',
    revenue_potential numeric(12,2),
    last_contact_at   timestamptz,
    next_followup_at  timestamptz,
    idempotency_key   text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, lead_id),
    UNIQUE (tenant_id, idempotency_key)
);
CREATE INDEX leads_contact ON leads (tenant_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX leads_pipeline ON leads (tenant_id, pipeline_status, score DESC);
CREATE INDEX leads_followup ON leads (tenant_id, next_followup_at) WHERE next_followup_at IS NOT NULL;

CREATE TABLE lead_activities (
    tenant_id     text,
    activity_id   text NOT NULL,
    lead_id       text NOT NULL,
    activity_type text NOT NULL CHECK (activity_type IN ('captured', 'message_sent',
                  'message_received', 'call', 'appointment_booked', 'followup_scheduled',
                  'status_changed', 'scored', 'alerted', 'note')),
    note          text NOT NULL DEFAULT '',
    by            text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, activity_id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads ON DELETE CASCADE
);
CREATE INDEX lead_activities_lead ON lead_activities (tenant_id, lead_id, created_at);

CREATE TABLE vip_flags (
    tenant_id      text,
    flag_id        text NOT NULL,
    contact_id     text,
    customer_phone text,
    flag_type      text NOT NULL CHECK (flag_type IN ('b2b_signal', 'high_value', 'repeat_customer')),
    signal_text    text NOT NULL DEFAULT '',
    sales_notified boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, flag_id)
);
CREATE UNIQUE INDEX vip_flags_once ON vip_flags (tenant_id, contact_id, flag_type)
    WHERE contact_id IS NOT NULL;

SELECT app.protect('leads'), app.protect('lead_activities'), app.protect('vip_flags');

-- Proactive messages ---------------------------------------------------------------------------

CREATE TABLE scheduled_messages (
    tenant_id       text,
    scheduled_id    text NOT NULL,
    contact_id      text NOT NULL,
    conversation_id text,
    kind            text NOT NULL,
    message_class   text NOT NULL CHECK (message_class IN ('transactional', 'commercial')),
    subject_kind    text NOT NULL,
    subject_id      text NOT NULL,
    language        text NOT NULL DEFAULT 'tr',
    data            jsonb NOT NULL DEFAULT '{}',
    due_at          timestamptz NOT NULL,
    not_after       timestamptz,
    status          text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'queued',
                    'suppressed', 'cancelled', 'expired')),
    reason          text,
    outbound_id     text,
    dedupe_key      text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz,
    PRIMARY KEY (tenant_id, scheduled_id),
    UNIQUE (tenant_id, dedupe_key)
);
CREATE INDEX scheduled_messages_due ON scheduled_messages (tenant_id, status, due_at);
CREATE INDEX scheduled_messages_subject ON scheduled_messages (tenant_id, subject_kind, subject_id);
COMMENT ON COLUMN scheduled_messages.not_after IS 'too late to be of use: expires instead';

SELECT app.protect('scheduled_messages');
