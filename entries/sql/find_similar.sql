-- find_similar: the stored identifiers of one column that are a text's letters and digits, in any
-- case and with any separators between them
-- Spells them character by character: what no stored identifier begins with is not spelled further,
-- so that some hundred probes of the column's index suffice. The part "least" is the column's
-- smallest value from longer.prefix on, as the index gives it (C collation).
SELECT {kind} AS kind, found.prefix AS value FROM (
    WITH RECURSIVE spelled (prefix, used) AS (
        SELECT ''::text COLLATE "C", 0
        UNION
        SELECT longer.prefix, longer.used
        FROM spelled
        CROSS JOIN LATERAL (
            SELECT
                spelled.prefix || written.letter AS prefix,
                spelled.used + written.step AS used
            FROM (VALUES
                (upper(substr(%(folded)s, spelled.used + 1, 1)), 1),
                (lower(substr(%(folded)s, spelled.used + 1, 1)), 1),
                ('-', 0),
                ('_', 0)
            ) AS written (letter, step)
            WHERE written.letter <> ''
        ) AS longer
        WHERE starts_with({least}, longer.prefix)
    )
    SELECT DISTINCT longer.prefix FROM spelled AS longer
    WHERE longer.used = length(%(folded)s) AND {least} = longer.prefix
    LIMIT %(most)s
) AS found
