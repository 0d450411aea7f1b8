-- add_up_totals: add up members' totals of e5489 and of the EX service
-- Its parts are the queries of the two, with the columns of the result.
-- Uses the indexes booking_wester_id, exregistration_wester_id and booking_ex_member_no.
SELECT
    member,
    SUM(sum_yen)::bigint AS sum_yen,
    SUM(counting)::bigint AS counting,
    SUM(waiting_yen)::bigint AS waiting_yen,
    BIT_OR(facts) AS facts
FROM ({by_login} UNION ALL {by_registration}) found
GROUP BY member
