-- What the booking service before migration 0002 says to its database while a guest books, cancels and takes that back.
-- Taken from that release: the confirm and the look word for word, the rest from what its code does. Never changed. Above each statement: how many rows it returns or writes.

-- 1: a search or a hold reads whether the clinic in memory is the newest, and what is allocated
SELECT state.version, busy.resource_id::text,
       extract(epoch FROM lower(busy.during))::bigint, extract(epoch FROM upper(busy.during))::bigint
FROM catalog_copy_state AS state LEFT JOIN (
    SELECT allocations.resource_id, allocations.during
    FROM unnest('{11111111-1111-4111-8111-111111111111}'::uuid[]) AS wanted (id) JOIN allocations
      ON allocations.resource_id = wanted.id AND allocations.active
     AND allocations.during && tstzrange(to_timestamp(1796029200), to_timestamp(1796115600))
) AS busy ON true;

-- 1: a confirm, in one statement
WITH locked AS MATERIALIZED (
    SELECT changed_in FROM catalog_copy WHERE id = ANY('{11111111-1111-4111-8111-111111111111}'::uuid[])
    ORDER BY id, kind FOR SHARE
), judged AS (
    SELECT FROM (SELECT max(changed_in) AS newest FROM locked) AS copy WHERE coalesce(newest, 0) <= 1
), made AS (
    INSERT INTO bookings (id, hold_id, state, revision, generation, location_id, service_id, practitioner_ids,
        starts_at, minutes, zone, price, currency, free_until_hours, fee_percent, guest_name, guest_email,
        guest_phone, guest_phone_typed, guest_locale, guest_zone, screening_version, screening_all_clear, made_at,
        cancelled_at, fee_accepted)
    SELECT '22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333', 'confirmed', 1, 1,
        '44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555',
        '{11111111-1111-4111-8111-111111111111}'::uuid[], '2026-12-01T10:00:00Z', 60, 'Europe/Paris', 80.00, 'EUR',
        12, 50, 'Ana Moreau', 'ana@example.com', '+33199001234', '01 99 00 12 34', 'fr', NULL, 3, true,
        '2026-11-23T08:00:00Z', NULL, NULL
    FROM judged
    ON CONFLICT (hold_id) DO NOTHING RETURNING id, made_at
), taken AS (
    INSERT INTO allocations (booking_id, resource_id, during, active)
    SELECT made.id, wanted.id, tstzrange(to_timestamp(wanted.since), to_timestamp(wanted.until)), true
    FROM made, unnest('{11111111-1111-4111-8111-111111111111,66666666-6666-4666-8666-666666666666}'::uuid[],
        '{1796032500,1796032500}'::bigint[], '{1796037000,1796037000}'::bigint[]) AS wanted (id, since, until)
    ORDER BY wanted.id
    ON CONFLICT DO NOTHING RETURNING 1
), remembered AS (
    INSERT INTO idempotency (scope, key, body_hash, booking_id, made_at)
    SELECT 'guest', 'k1', 'abc', made.id, made.made_at FROM made
    ON CONFLICT DO NOTHING RETURNING 1
), told AS (
    INSERT INTO outbox (id, name, exchange, body, occurred_at)
    SELECT '77777777-7777-4777-8777-777777777777', 'booking.booked.v1', 'booking', '{"id": "7"}'::jsonb,
        '2026-11-23T08:00:00Z' FROM made
)
SELECT 1 FROM (SELECT (SELECT count(*) FROM made) AS made, (SELECT count(*) FROM remembered) AS remembered,
    (SELECT count(*) FROM taken) AS taken) AS counts WHERE (made, remembered, taken) = (1, 1, 2);

-- 1: the same booking, as a page shows it and a repeated confirm finds it
SELECT bookings.id, bookings.hold_id, bookings.state, bookings.revision, bookings.generation, bookings.location_id,
    bookings.service_id, bookings.practitioner_ids, bookings.starts_at, bookings.minutes, bookings.zone,
    bookings.price, bookings.currency, bookings.free_until_hours, bookings.fee_percent, bookings.guest_name,
    bookings.guest_email, bookings.guest_phone, bookings.guest_phone_typed, bookings.guest_locale,
    bookings.guest_zone, bookings.screening_version, bookings.screening_all_clear, bookings.made_at,
    bookings.cancelled_at, bookings.fee_accepted
FROM bookings JOIN idempotency ON idempotency.booking_id = bookings.id
WHERE idempotency.scope = 'guest' AND idempotency.key = 'k1' FOR UPDATE OF bookings;

-- 0: a rival who wants the practitioner a quarter of an hour later
INSERT INTO allocations (booking_id, resource_id, during, active)
VALUES ('22222222-2222-4222-8222-222222222222', '11111111-1111-4111-8111-111111111111',
    tstzrange(to_timestamp(1796033400), to_timestamp(1796037900)), true)
ON CONFLICT DO NOTHING RETURNING 1;

-- 1: cancelled
UPDATE bookings SET state = 'cancelled', revision = 2, cancelled_at = '2026-11-23T09:00:00Z'
WHERE id = '22222222-2222-4222-8222-222222222222';

-- 2: its time is free
UPDATE allocations SET active = false WHERE booking_id = '22222222-2222-4222-8222-222222222222';

-- 1: reinstated
UPDATE bookings SET state = 'confirmed', revision = 3, cancelled_at = NULL
WHERE id = '22222222-2222-4222-8222-222222222222';

-- 2: its time is taken again
UPDATE allocations SET active = true WHERE booking_id = '22222222-2222-4222-8222-222222222222';

-- 2: moved, the old claims first
DELETE FROM allocations WHERE booking_id = '22222222-2222-4222-8222-222222222222';

-- 1: an event of the catalog
INSERT INTO catalog_copy (kind, id, version, changed_in, data)
VALUES ('resource', '66666666-6666-4666-8666-666666666666', 1, 2, '{}'::jsonb)
ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version WHERE catalog_copy.version < excluded.version;
