-- keys_of_a_person: the keys by which other tables refer to a person, one row of arrays
-- Reads the tables that name the WESTER ID; uses their indexes, but for those of courses.
-- An EX member number is the person's while its registration in force names the WESTER ID.
WITH entrant AS (SELECT id FROM lottery_entrant WHERE wester_id = %(wester_id)s),
award AS (SELECT id FROM lottery_award WHERE entrant_id IN (SELECT id FROM entrant)),
account AS (SELECT id FROM points_account WHERE wester_id = %(wester_id)s),
moved AS (
    SELECT id, key FROM points_transfer
    WHERE award_id IN (SELECT id FROM award)
        OR from_account_id IN (SELECT id FROM account)
        OR to_account_id IN (SELECT id FROM account)
),
transfer AS (
    SELECT id, key FROM moved
    UNION SELECT id, key FROM points_transfer WHERE reverses_id IN (SELECT id FROM moved)
)
SELECT
    ARRAY(SELECT id FROM entries_member WHERE wester_id = %(wester_id)s) AS members,
    ARRAY(SELECT user_id FROM entries_member WHERE wester_id = %(wester_id)s) AS users,
    ARRAY(SELECT id FROM entries_entry WHERE wester_id = %(wester_id)s) AS entries,
    ARRAY(SELECT id FROM entries_membercase WHERE wester_id = %(wester_id)s) AS cases,
    ARRAY(
        SELECT ex_member_no FROM bookings_exregistration WHERE wester_id = %(wester_id)s
    ) AS ex_member_nos,
    ARRAY(
        SELECT id FROM bookings_booking
        WHERE wester_id = %(wester_id)s OR ex_member_no IN (
            SELECT ex_member_no FROM bookings_exregistration WHERE wester_id = %(wester_id)s
        )
        ORDER BY id
    ) AS bookings,
    ARRAY(SELECT id FROM entrant) AS entrants,
    ARRAY(SELECT id FROM award) AS awards,
    ARRAY(SELECT id FROM account) AS accounts,
    ARRAY(SELECT id FROM transfer) AS transfers,
    ARRAY(SELECT key FROM transfer) AS credit_keys
