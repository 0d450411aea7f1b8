-- purge_campaign: the purge of a campaign's data after its retention
-- As with erase_member, these functions are the tables' owner's, and their callers have the locks.

-- points_remove_campaign: delete what only this campaign needed; return the rows of each table
-- Of bookings: those that travel on the campaign's last travel day or before, and in no period of
-- another campaign that is not purged, by any version of its terms, drafts too. Of the rows in
-- quarantine, and of the cases in which staff answered members: those of files that were loaded, or
-- that were opened, before any such campaign became public, and before the approval.
CREATE OR REPLACE FUNCTION points_remove_campaign(purged bigint, approved_at timestamptz)
RETURNS jsonb
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    counts jsonb;
BEGIN
    WITH needed AS MATERIALIZED (
        SELECT terms.public_at, terms.travel FROM campaign_terms terms
        WHERE terms.campaign_id <> purged AND NOT EXISTS (
            SELECT FROM points_purge purge
            WHERE purge.campaign_id = terms.campaign_id AND purge.purged_at IS NOT NULL
        )
    ),
    periods AS MATERIALIZED (
        SELECT DISTINCT (period ->> 'first')::date AS first, (period ->> 'last')::date AS last
        FROM needed, jsonb_array_elements(needed.travel) period
    ),
    last_day AS MATERIALIZED (
        SELECT max((period ->> 'last')::date) AS last
        FROM campaign_terms terms, jsonb_array_elements(terms.travel) period
        WHERE terms.campaign_id = purged
    ),
    bookings AS (
        DELETE FROM bookings_booking booking
        WHERE travel_date <= (SELECT last FROM last_day) AND NOT EXISTS (
            SELECT FROM periods WHERE booking.travel_date BETWEEN periods.first AND periods.last
        )
        RETURNING booking_service, reservation_no, item_no
    ),
    events AS (
        DELETE FROM bookings_bookingevent event USING bookings
        WHERE event.reservation_no = bookings.reservation_no
            AND event.item_no = bookings.item_no
            AND event.booking_service = bookings.booking_service
        RETURNING event.event_id
    ),
    ticketings AS (
        DELETE FROM bookings_eventticketing WHERE event_id IN (SELECT event_id FROM events)
        RETURNING 1
    ),
    quarantined AS (
        DELETE FROM bookings_quarantinedrow quarantined USING bookings_feedfile file
        WHERE file.id = quarantined.file_id AND file.feed <> 'credit_results'
            AND file.tried_at < LEAST(approved_at, (SELECT min(public_at) FROM needed))
        RETURNING 1
    ),
    cases AS MATERIALIZED (
        SELECT id FROM entries_membercase
        WHERE opened_at < LEAST(approved_at, (SELECT min(public_at) FROM needed))
    ),
    notes AS (
        DELETE FROM entries_casenote WHERE case_id IN (SELECT id FROM cases) RETURNING 1
    ),
    cases_deleted AS (
        DELETE FROM entries_membercase WHERE id IN (SELECT id FROM cases) RETURNING 1
    ),
    entries AS (DELETE FROM entries_entry WHERE campaign_id = purged RETURNING 1),
    entry_rows AS (DELETE FROM entries_entryrow WHERE campaign_id = purged RETURNING 1),
    courses AS (DELETE FROM entries_coursemember WHERE campaign_id = purged RETURNING 1),
    totals AS (DELETE FROM campaign_total WHERE campaign_id = purged RETURNING 1),
    due AS (DELETE FROM campaign_duemember WHERE campaign_id = purged RETURNING 1)
    SELECT jsonb_object_agg(name, changed) INTO counts
    FROM (VALUES
        ('bookings_booking', (SELECT count(*) FROM bookings)),
        ('bookings_bookingevent', (SELECT count(*) FROM events)),
        ('bookings_eventticketing', (SELECT count(*) FROM ticketings)),
        ('bookings_quarantinedrow', (SELECT count(*) FROM quarantined)),
        ('campaign_duemember', (SELECT count(*) FROM due)),
        ('campaign_total', (SELECT count(*) FROM totals)),
        ('entries_casenote', (SELECT count(*) FROM notes)),
        ('entries_coursemember', (SELECT count(*) FROM courses)),
        ('entries_membercase', (SELECT count(*) FROM cases_deleted)),
        ('entries_entry', (SELECT count(*) FROM entries)),
        ('entries_entryrow', (SELECT count(*) FROM entry_rows))
    ) AS counted (name, changed)
    WHERE changed > 0;
    RETURN COALESCE(counts, '{}');
END;
$$;

-- points_count_campaign: return how many rows of each table a purge would delete; delete none
-- It deletes them and takes that back.
CREATE OR REPLACE FUNCTION points_count_campaign(purged bigint, approved_at timestamptz)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    counts text;
BEGIN
    PERFORM set_config('dodonto.removal', 'on', TRUE);
    RAISE EXCEPTION 'counted'
    USING ERRCODE = 'DO000', DETAIL = points_remove_campaign(purged, approved_at)::text;
EXCEPTION
    WHEN SQLSTATE 'DO000' THEN
        GET STACKED DIAGNOSTICS counts = PG_EXCEPTION_DETAIL;
        RETURN counts;
END;
$$;

-- points_purge_campaign: carry out an approved purge, once; return the rows of each table
-- Checks by itself that it was approved after the retention of the terms in force and is waiting,
-- and that the campaign's books are closed. Deletes the look-ups that are sealed as well.
CREATE OR REPLACE FUNCTION points_purge_campaign(approved bigint, carried_out_at timestamptz)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    waiting record;
    counts jsonb;
    look_ups bigint;
BEGIN
    SELECT purge.id, purge.campaign_id, approval.decided_at INTO waiting
    FROM points_purge purge
    JOIN core_approval approval ON approval.id = purge.approval_id
    JOIN campaign_campaign campaign ON campaign.id = purge.campaign_id
    WHERE approval.id = approved AND approval.state = 'approved'
        AND approval.action = 'campaign.purge' AND approval.subject = campaign.code
        AND purge.purged_at IS NULL
        AND approval.decided_at >= (
            SELECT (terms.kept_until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
            FROM campaign_terms terms
            WHERE terms.campaign_id = campaign.id AND terms.published_at IS NOT NULL
            ORDER BY terms.version DESC LIMIT 1
        )
    FOR UPDATE OF purge;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no purge that waits was approved so'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (
        SELECT FROM lottery_draw draw
        LEFT JOIN points_payout payout ON payout.draw_id = draw.id
        WHERE draw.campaign_id = waiting.campaign_id AND draw.state <> 'void'
            AND payout.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the books of the campaign are open'
        USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM set_config('dodonto.removal', 'on', TRUE);
    counts := points_remove_campaign(waiting.campaign_id, waiting.decided_at);
    look_ups := core_remove_look_ups(approved);
    IF look_ups > 0 THEN
        counts := counts || jsonb_build_object('core_auditrecord', look_ups);
    END IF;
    UPDATE points_purge SET purged_at = carried_out_at, tables = counts WHERE id = waiting.id;
    PERFORM set_config('dodonto.removal', '', TRUE);
    PERFORM points_record_removal('campaign.purged', approved, counts);
    RETURN counts;
END;
$$;
