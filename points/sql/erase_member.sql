-- erase_member: the erasure of one member from the written list of tables (points/personal_data.py)
--
-- These functions are the tables' owner's. dodonto.removal lets nobody but the owner pass the
-- triggers that refuse (core/sql/refuse.sql); they set it for as long as they need it. (Only a
-- superuser could make it an attribute of a function.) The callers have the advisory locks.

-- points_remove_member: replace or delete all that names a member; return the rows of each table
-- Only the two functions below call it. `mark` takes the place of the WESTER ID, and that of the
-- case with the hash of an EX number the number's. Bookings are the member's by WESTER ID or by one
-- of the EX numbers registered for it. What an event of somebody else's booking says of the member
-- is replaced as well; and a booking with events that do not name the member stays, without holder,
-- so that these events do not make it anew when they are sent again.
-- Reads bookings_bookingevent as a whole: its events have no index by member.
CREATE OR REPLACE FUNCTION points_remove_member(
    member varchar, mark varchar, hashes jsonb, case_no bigint
) RETURNS jsonb
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    counts jsonb;
BEGIN
    WITH ex AS MATERIALIZED (
        SELECT key AS number, 'erased:' || case_no || ':' || left(value, 24) AS mark
        FROM jsonb_each_text(hashes -> 'ex_member_no')
    ),
    named AS MATERIALIZED (  -- the events that name the member
        SELECT event_id, booking_service, reservation_no, item_no
        FROM bookings_bookingevent event
        WHERE event.wester_id = member OR event.ex_member_no IN (SELECT number FROM ex)
    ),
    own AS MATERIALIZED (  -- the member's bookings, and whether any event of it names somebody else, or nobody
        SELECT booking.id, booking.booking_service, booking.reservation_no, booking.item_no,
            EXISTS (
                SELECT FROM bookings_bookingevent event
                WHERE event.reservation_no = booking.reservation_no
                    AND event.item_no = booking.item_no
                    AND event.booking_service = booking.booking_service
                    AND event.wester_id IS DISTINCT FROM member
                    AND (event.ex_member_no IN (SELECT number FROM ex)) IS NOT TRUE
            ) AS is_shared
        FROM bookings_booking booking
        WHERE booking.wester_id = member OR booking.ex_member_no IN (SELECT number FROM ex)
    ),
    gone AS MATERIALIZED (  -- the events of bookings that are the member's alone
        SELECT named.event_id FROM named JOIN own USING (booking_service, reservation_no, item_no)
        WHERE NOT own.is_shared
    ),
    ticketings AS (
        DELETE FROM bookings_eventticketing WHERE event_id IN (SELECT event_id FROM gone)
        RETURNING 1
    ),
    events_deleted AS (
        DELETE FROM bookings_bookingevent WHERE event_id IN (SELECT event_id FROM gone)
        RETURNING 1
    ),
    events_replaced AS (
        UPDATE bookings_bookingevent event SET
            wester_id = NULLIF(event.wester_id, member),
            ex_member_no = COALESCE(
                (SELECT ex.mark FROM ex WHERE ex.number = event.ex_member_no), event.ex_member_no
            )
        WHERE event.event_id IN (
            SELECT event_id FROM named EXCEPT SELECT event_id FROM gone
        )
        RETURNING 1
    ),
    bookings_deleted AS (
        DELETE FROM bookings_booking WHERE id IN (SELECT id FROM own WHERE NOT is_shared)
        RETURNING 1
    ),
    bookings_replaced AS (
        UPDATE bookings_booking booking SET
            wester_id = NULL,
            ex_member_no = (SELECT ex.mark FROM ex WHERE ex.number = booking.ex_member_no)
        WHERE id IN (SELECT id FROM own WHERE is_shared)
        RETURNING 1
    ),
    registrations AS (
        DELETE FROM bookings_exregistration WHERE wester_id = member
        RETURNING 1
    ),
    registration_rows AS (
        DELETE FROM bookings_registrationrow
        WHERE wester_id = member OR ex_member_no IN (SELECT number FROM ex)
        RETURNING 1
    ),
    marks AS (
        DELETE FROM bookings_membermark
        WHERE wester_id = member OR ex_member_no IN (SELECT number FROM ex)
        RETURNING 1
    ),
    quarantined AS (  -- whole identifiers only: none of their characters has a meaning in a pattern
        DELETE FROM bookings_quarantinedrow
        WHERE encode(content, 'escape') ~ (
            '(^|[^A-Za-z0-9_-])('
            || concat_ws(
                '|',
                member,
                (SELECT string_agg(number, '|') FROM ex),
                (
                    SELECT string_agg(encode(credit.key, 'hex'), '|')
                    FROM points_account account
                    JOIN points_transfer credit ON credit.to_account_id = account.id
                    WHERE account.wester_id = member AND credit.kind = 'credit'
                )
            )
            || ')($|[^A-Za-z0-9_-])'
        )
        RETURNING 1
    ),
    totals AS (DELETE FROM campaign_total WHERE wester_id = member RETURNING 1),
    due AS (DELETE FROM campaign_duemember WHERE wester_id = member RETURNING 1),
    shards AS (
        UPDATE campaign_aggregationshard SET members = array_remove(members, member)
        WHERE member = ANY (members)
        RETURNING 1
    ),
    entries AS (DELETE FROM entries_entry WHERE wester_id = member RETURNING 1),
    entry_rows AS (DELETE FROM entries_entryrow WHERE wester_id = member RETURNING 1),
    memberships AS (DELETE FROM entries_membership WHERE wester_id = member RETURNING 1),
    membership_rows AS (DELETE FROM entries_membershiprow WHERE wester_id = member RETURNING 1),
    courses AS (DELETE FROM entries_coursemember WHERE wester_id = member RETURNING 1),
    notes AS (
        DELETE FROM entries_casenote
        WHERE case_id IN (SELECT id FROM entries_membercase WHERE wester_id = member)
        RETURNING 1
    ),
    cases AS (DELETE FROM entries_membercase WHERE wester_id = member RETURNING 1),
    signed_in AS (DELETE FROM entries_member WHERE wester_id = member RETURNING user_id),
    addresses AS (
        DELETE FROM account_emailaddress WHERE user_id IN (SELECT user_id FROM signed_in)
        RETURNING id
    ),
    confirmations AS (
        DELETE FROM account_emailconfirmation
        WHERE email_address_id IN (SELECT id FROM addresses)
        RETURNING 1
    ),
    provided AS (
        DELETE FROM socialaccount_socialaccount WHERE user_id IN (SELECT user_id FROM signed_in)
        RETURNING id
    ),
    tokens AS (
        DELETE FROM socialaccount_socialtoken WHERE account_id IN (SELECT id FROM provided)
        RETURNING 1
    ),
    users AS (  -- an account that is or was one of staff stays: approvals and the audit name it
        DELETE FROM core_user account
        WHERE id IN (SELECT user_id FROM signed_in) AND NOT is_staff AND id NOT IN (
            SELECT user_id FROM core_auditrecord WHERE user_id IN (SELECT user_id FROM signed_in)
            UNION ALL SELECT user_id FROM core_user_groups
            UNION ALL SELECT user_id FROM core_user_user_permissions
            UNION ALL SELECT user_id FROM core_signintries
            UNION ALL SELECT user_id FROM core_staffsession
            UNION ALL SELECT user_id FROM mfa_authenticator
            UNION ALL SELECT user_id FROM entries_lookupcount
            UNION ALL SELECT opened_by_id FROM entries_membercase
            UNION ALL SELECT noted_by_id FROM entries_casenote
        )
        RETURNING 1
    ),
    entrants AS (  -- a nonce would open the published commitment to who tries all WESTER IDs
        UPDATE lottery_entrant SET
            wester_id = mark,
            nonces = decode(repeat('00', length(nonces)), 'hex')
        WHERE wester_id = member
        RETURNING 1
    ),
    accounts AS (
        UPDATE points_account SET wester_id = mark WHERE wester_id = member
        RETURNING id
    ),
    answers AS (  -- what the points system wrote of the member's credits
        UPDATE points_creditanswer answer SET detail = ''
        FROM points_transfer credit
        WHERE credit.to_account_id IN (SELECT id FROM accounts) AND credit.kind = 'credit'
            AND answer.credit_key = credit.key AND answer.detail <> ''
        RETURNING 1
    )
    SELECT jsonb_object_agg(name, changed) INTO counts
    FROM (VALUES
        ('bookings_eventticketing', (SELECT count(*) FROM ticketings)),
        (
            'bookings_bookingevent',
            (SELECT count(*) FROM events_deleted) + (SELECT count(*) FROM events_replaced)
        ),
        (
            'bookings_booking',
            (SELECT count(*) FROM bookings_deleted) + (SELECT count(*) FROM bookings_replaced)
        ),
        ('bookings_exregistration', (SELECT count(*) FROM registrations)),
        ('bookings_registrationrow', (SELECT count(*) FROM registration_rows)),
        ('bookings_membermark', (SELECT count(*) FROM marks)),
        ('bookings_quarantinedrow', (SELECT count(*) FROM quarantined)),
        ('campaign_total', (SELECT count(*) FROM totals)),
        ('campaign_duemember', (SELECT count(*) FROM due)),
        ('campaign_aggregationshard', (SELECT count(*) FROM shards)),
        ('entries_entry', (SELECT count(*) FROM entries)),
        ('entries_entryrow', (SELECT count(*) FROM entry_rows)),
        ('entries_membership', (SELECT count(*) FROM memberships)),
        ('entries_membershiprow', (SELECT count(*) FROM membership_rows)),
        ('entries_coursemember', (SELECT count(*) FROM courses)),
        ('entries_casenote', (SELECT count(*) FROM notes)),
        ('entries_membercase', (SELECT count(*) FROM cases)),
        ('entries_member', (SELECT count(*) FROM signed_in)),
        ('account_emailaddress', (SELECT count(*) FROM addresses)),
        ('account_emailconfirmation', (SELECT count(*) FROM confirmations)),
        ('socialaccount_socialaccount', (SELECT count(*) FROM provided)),
        ('socialaccount_socialtoken', (SELECT count(*) FROM tokens)),
        ('core_user', (SELECT count(*) FROM users)),
        ('lottery_entrant', (SELECT count(*) FROM entrants)),
        ('points_account', (SELECT count(*) FROM accounts)),
        ('points_creditanswer', (SELECT count(*) FROM answers))
    ) AS counted (name, changed)
    WHERE changed > 0;
    RETURN COALESCE(counts, '{}');
END;
$$;

-- points_count_member: return how many rows of each table an erasure would change; change none
-- It removes them and takes that back.
CREATE OR REPLACE FUNCTION points_count_member(member varchar, hashes jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    counts text;
BEGIN
    PERFORM set_config('dodonto.removal', 'on', TRUE);
    RAISE EXCEPTION 'counted'
    USING ERRCODE = 'DO000', DETAIL = points_remove_member(member, 'erased:', hashes, 0)::text;
EXCEPTION
    WHEN SQLSTATE 'DO000' THEN
        GET STACKED DIAGNOSTICS counts = PG_EXCEPTION_DETAIL;
        RETURN counts;
END;
$$;

-- points_erase_member: carry out an approved erasure, once; return the rows of each table
-- Checks by itself that it was approved for this member and never carried out, that the hashes are
-- those of all registered EX numbers, and that no draw of the member is open. New accounts wait for
-- it: one that is being created is erased, or created afterwards.
CREATE OR REPLACE FUNCTION points_erase_member(
    approved bigint, hashes jsonb, carried_out_at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    asked points_erasure;
    counts jsonb;
    mark varchar(40);
BEGIN
    SELECT erasure.* INTO asked
    FROM points_erasure erasure
    JOIN core_approval approval ON approval.subject = 'case/' || erasure.id
    WHERE approval.id = approved AND approval.state = 'approved'
        AND approval.action = 'member.erase'
        AND approval.content ->> 'member' = erasure.hash
        AND hashes -> 'wester_id' = jsonb_build_object(erasure.wester_id, erasure.hash)
        AND hashes - 'ex_member_no' = jsonb_build_object('wester_id', hashes -> 'wester_id')
        AND erasure.approval_id IS NULL
    FOR UPDATE OF erasure;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no erasure that waits was approved so'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (
        SELECT ex_member_no FROM bookings_exregistration
        WHERE wester_id = asked.wester_id AND NOT hashes -> 'ex_member_no' ? ex_member_no
    ) OR EXISTS (
        SELECT FROM jsonb_object_keys(hashes -> 'ex_member_no') number
        WHERE number NOT IN (
            SELECT ex_member_no FROM bookings_exregistration WHERE wester_id = asked.wester_id
        )
    ) THEN
        RAISE EXCEPTION 'the EX numbers are those that are registered for the member'
        USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF EXISTS (
        SELECT FROM lottery_entrant entrant
        JOIN lottery_draw draw ON draw.id = entrant.draw_id AND draw.state <> 'void'
        LEFT JOIN points_payout payout ON payout.draw_id = draw.id
        WHERE entrant.wester_id = asked.wester_id AND payout.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a draw of the member is open'
        USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    LOCK TABLE entries_member IN SHARE ROW EXCLUSIVE MODE;
    PERFORM set_config('dodonto.removal', 'on', TRUE);
    mark := 'erased:' || asked.id || ':' || left(asked.hash, 24);
    counts := points_remove_member(asked.wester_id, mark, hashes, asked.id);
    INSERT INTO bookings_erasedidentifier AS known (hash, case_no)
    SELECT named.value, asked.id
    FROM jsonb_each(hashes) identifiers, jsonb_each_text(identifiers.value) named
    ON CONFLICT (hash) DO UPDATE SET case_no = excluded.case_no, returned_at = NULL;
    UPDATE points_erasure SET
        wester_id = mark, approval_id = approved, erased_at = carried_out_at, tables = counts
    WHERE id = asked.id;
    PERFORM set_config('dodonto.removal', '', TRUE);
    PERFORM points_record_removal('member.erased', approved, counts);
    RETURN counts;
END;
$$;
