-- reject_entries_outside_period: move the staged rows whose instant is outside the entry period
-- Reads period; writes staged, rejected. The period is half-open: opens_at is in, closes_at is not.
WITH outside AS (
    DELETE FROM staged
    USING period
    WHERE period.code = staged.campaign
        AND NOT (staged.entered_at >= period.opens_at AND staged.entered_at < period.closes_at)
    RETURNING staged.record
)
INSERT INTO rejected (record, reason)
SELECT record, 'outside_entry_period' AS reason FROM outside
