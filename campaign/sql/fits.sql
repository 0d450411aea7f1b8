-- fits: whether the values of terms that have a form of their own have it; for CHECKs
-- Each is true, false, or null for null; a value of another type is false. The texts of a page, the
-- lists of bookings and of prizes are read by Python alone, which trusts what stands here.

-- A list of strings, each at most once, sorted as bytes.
CREATE OR REPLACE FUNCTION campaign_is_list_of_strings(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof($1) = 'array' THEN
    NOT EXISTS (SELECT FROM jsonb_array_elements($1) item WHERE jsonb_typeof(item) <> 'string')
    AND campaign_is_sorted_set(ARRAY(SELECT jsonb_array_elements_text($1)))
ELSE FALSE END;

-- A list that is not empty, of objects with exactly these keys.
CREATE OR REPLACE FUNCTION campaign_is_list_of_objects(jsonb, keys text []) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof($1) = 'array' THEN
    NOT EXISTS (
        SELECT FROM jsonb_array_elements($1) item
        WHERE CASE WHEN jsonb_typeof(item) = 'object' THEN
            ARRAY(
                SELECT key FROM jsonb_object_keys(item) key ORDER BY key COLLATE "C"
            ) <> keys
        ELSE TRUE END
    )
ELSE FALSE END;

CREATE OR REPLACE FUNCTION campaign_touches_fit(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN campaign_is_list_of_objects($1, '{lines,operator,services}') THEN
    $1 <> '[]' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements($1) item
        WHERE NOT (
            campaign_is_list_of_strings(item -> 'services') AND item -> 'services' <> '[]'
            AND jsonb_typeof(item -> 'operator') = 'string' AND item ->> 'operator' <> ''
            AND (
                item -> 'lines' = 'null'
                OR campaign_is_list_of_strings(item -> 'lines') AND item -> 'lines' <> '[]'
            )
        )
    )
ELSE FALSE END;

CREATE OR REPLACE FUNCTION campaign_travel_fits(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN campaign_is_list_of_objects($1, '{first,last}') THEN
    $1 <> '[]' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements($1) item, jsonb_each_text(item) day
        WHERE (
            pg_input_is_valid(day.value, 'date') AND day.value ~ '^20\d\d-\d\d-\d\d$'
        ) IS NOT TRUE
    )
ELSE FALSE END;

-- Each period's days in order, each period after the one before it.
CREATE OR REPLACE FUNCTION campaign_travel_in_order(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN NOT EXISTS (
    SELECT FROM (
        SELECT
            item ->> 'first' AS first_day,
            item ->> 'last' AS last_day,
            lag(item ->> 'last') OVER (ORDER BY place) AS before
        FROM jsonb_array_elements($1) WITH ORDINALITY AS periods (item, place) -- noqa: AL05
    ) period
    WHERE first_day > last_day OR first_day <= before
);

CREATE OR REPLACE FUNCTION campaign_payment_methods_fit(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof($1) = 'object' THEN
    NOT EXISTS (
        SELECT FROM jsonb_each($1) one
        WHERE NOT campaign_is_list_of_strings(one.value) OR one.value = '[]'
    )
ELSE FALSE END;

-- A list of {"when": [facts], word: whole number from smallest to largest}; it may be empty, but
-- no ``when`` may.
CREATE OR REPLACE FUNCTION campaign_whens_fit(
    jsonb, word text, smallest bigint, largest bigint
) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN campaign_is_list_of_objects(
    $1, ARRAY(SELECT key FROM unnest(ARRAY['when', word]) key ORDER BY key COLLATE "C")
) THEN
    NOT EXISTS (
        SELECT FROM jsonb_array_elements($1) item
        WHERE NOT (
            campaign_is_list_of_strings(item -> 'when') AND item -> 'when' <> '[]'
            AND CASE WHEN jsonb_typeof(item -> word) = 'number' THEN
                (item -> word)::text ~ '^\d{1,13}$'
                AND (item -> word)::bigint BETWEEN smallest AND largest
            ELSE FALSE END
        )
    )
    AND (SELECT count(DISTINCT item) = count(*) FROM jsonb_array_elements($1) item)
ELSE FALSE END;

-- An object with a text in each language.
CREATE OR REPLACE FUNCTION campaign_is_text(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof($1) = 'object' THEN (
    SELECT count(*) = 2 AND bool_and(one.key IN ('ja', 'en') AND jsonb_typeof(one.value) = 'string')
    FROM jsonb_each($1) one
)
ELSE FALSE END;

-- The texts of a campaign's pages: exactly these, in both languages but the last two.
CREATE OR REPLACE FUNCTION campaign_texts_fit(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN campaign_is_list_of_objects(jsonb_build_array($1), (
    '{contact_hours,contact_name,contact_telephone,drawing,heading,notes,organiser,overview,'
    || 'points_use,privacy,products,rail_points_name,registration_name,slogan}'
)::text []) THEN
    jsonb_typeof($1 -> 'notes') = 'array'
    AND jsonb_typeof($1 -> 'contact_telephone') = 'string'
    AND jsonb_typeof($1 -> 'drawing') = 'string'
    AND NOT EXISTS (
        SELECT FROM jsonb_path_query($1, '$.notes[*]') note WHERE NOT campaign_is_text(note)
    )
    AND NOT EXISTS (
        SELECT FROM jsonb_each($1 - '{notes,contact_telephone,drawing}'::text []) one
        WHERE NOT campaign_is_text(one.value)
    )
ELSE FALSE END;

-- Whether no text is missing; only the slogan may be empty.
CREATE OR REPLACE FUNCTION campaign_texts_given(jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN NOT jsonb_path_exists(
    $1 - 'slogan', '$.** ? (@.type() == "string" && @ like_regex "^\\s*$")'
);

-- The greatest number by which lots are multiplied; 1 where there is none, or no list that fits.
CREATE OR REPLACE FUNCTION campaign_greatest_times(jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN campaign_whens_fit($1, 'times', 2, 65535) THEN
    (SELECT COALESCE(max((item ->> 'times')::bigint), 1) FROM jsonb_array_elements($1) item)
ELSE 1 END;

-- The last day of the last travel period.
CREATE OR REPLACE FUNCTION campaign_last_travel_day(jsonb) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ($1 -> -1 ->> 'last')::date;
