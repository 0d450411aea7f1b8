-- values_by_facts: which value a member gets by their facts, for each combination of facts
-- The items are those of a ``times`` or a ``cap_if``, as in a campaign file: the first one fits all
-- of whose facts the member has. Place n + 1 of the result is for the facts whose bits
-- (campaign/facts.py) are n. A fact that no booking gives fits nobody. Strict: no values without an
-- ``otherwise``.
CREATE OR REPLACE FUNCTION campaign_values_by_facts(items jsonb, word text, otherwise bigint)
RETURNS bigint []
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT COALESCE((
        SELECT (listed.item ->> word)::bigint
        FROM jsonb_array_elements(items) WITH ORDINALITY AS listed (item, place)
        WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements_text(listed.item -> 'when') fact
            WHERE COALESCE(bits & (1 << (
                array_position('{e5489,ex_yoyaku,smart_ex,ticketless}'::text [], fact) - 1
            )), 0) = 0
        )
        ORDER BY listed.place LIMIT 1
    ), otherwise)
    FROM generate_series(0, 15) bits ORDER BY bits
);
