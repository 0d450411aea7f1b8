-- reject_unresolved_journeys: move the staged rows whose journey the network cannot resolve
-- Reads resolved; writes staged, rejected.
WITH unresolved AS (
    DELETE FROM staged
    USING resolved
    WHERE resolved.journey = staged.journey AND resolved.reason <> ''
    RETURNING staged.record, resolved.reason
)
INSERT INTO rejected (record, reason)
SELECT record, reason FROM unresolved
