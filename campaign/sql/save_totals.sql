-- save_totals: replace the totals of these members by what their bookings come to
-- Its parts: the query of the new totals, and that of the members, in a column wester_id.
-- Reads what these read; writes campaign_total by its key. Rows that are right are not touched.
-- MERGE and not ON CONFLICT, which writes to every row that it meets: no other session writes the
-- same members (aggregation.lock_totals), and if one did, the unique key would refuse. In the order
-- of the key, so that each of its pages is written once.
WITH fresh AS MATERIALIZED ({totals}), -- noqa: PRS, for sqlfluff knows no WITH ... MERGE

gone AS (
    DELETE FROM campaign_total
    WHERE campaign_id = %(campaign)s AND wester_id IN (
        SELECT wester_id FROM ({members}) AS members EXCEPT SELECT member FROM fresh
    )
)

MERGE INTO campaign_total AS old
USING (SELECT * FROM fresh ORDER BY member) AS fresh
    ON old.campaign_id = %(campaign)s AND old.wester_id = fresh.member
WHEN MATCHED AND (old.total_yen, old.bookings, old.awaiting_yen, old.facts)
    IS DISTINCT FROM (fresh.sum_yen, fresh.counting, fresh.waiting_yen, fresh.facts) THEN
    UPDATE SET
        total_yen = fresh.sum_yen,
        bookings = fresh.counting,
        awaiting_yen = fresh.waiting_yen,
        facts = fresh.facts
WHEN NOT MATCHED THEN
    INSERT (campaign_id, wester_id, total_yen, bookings, awaiting_yen, facts)
    VALUES (
        %(campaign)s, fresh.member, fresh.sum_yen, fresh.counting, fresh.waiting_yen, fresh.facts
    )
