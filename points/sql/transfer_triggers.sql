-- transfer_triggers: what constraints cannot say about points_transfer

CREATE OR REPLACE TRIGGER transfer_append_only
BEFORE UPDATE OR DELETE ON points_transfer
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE points_transfer ENABLE ALWAYS TRIGGER transfer_append_only;

CREATE OR REPLACE TRIGGER transfer_never_truncated
BEFORE TRUNCATE ON points_transfer
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_transfer ENABLE ALWAYS TRIGGER transfer_never_truncated;

-- What happens with every statement that adds transfers: one trigger over all its rows.
--
-- A trigger for each row would be quadratic, for it would find the rows before it again and again;
-- a check that sums transfers without locking their accounts would miss those of other sessions.
--
-- First the accounts are locked, in the order of their numbers; only then are the rows checked, for
-- what is never right before what only leaves too little. Sessions that write to the same accounts
-- wait for each other here, without a deadlock as long as each writes by one statement of its
-- transaction. Every transfer of an award goes to or from its campaign's reserved account or the
-- member's, so that what is read afterwards of other transfers is complete: an expiry and a
-- reversal of one credit, for example, wait for each other at the member's account.
--
-- The statements are executed as text, so that they are planned for the rows at hand: a plan cached
-- for a statement of a few rows is no good for one of a million, nor the other way round.
--
-- With the rights of its owner: nobody else writes balances.
CREATE OR REPLACE FUNCTION points_transfer_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    fits boolean;
    broken boolean[];
BEGIN
    -- Uses the key of points_account.
    EXECUTE $statement$
        SELECT count(*) = (
            SELECT count(*)
            FROM (SELECT from_account_id FROM added UNION SELECT to_account_id FROM added) named
        )
        FROM (
            SELECT FROM points_account
            WHERE id IN (SELECT from_account_id FROM added UNION SELECT to_account_id FROM added)
            ORDER BY id FOR NO KEY UPDATE
        ) locked
    $statement$ INTO fits;
    IF NOT fits THEN
        RAISE EXCEPTION 'there is no such account'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_between_known_accounts';
    END IF;

    -- Accounts of two campaigns, or of two members, never do; a member's account has no campaign,
    -- and a campaign's no member.
    EXECUTE $statement$
        SELECT ARRAY[
            bool_or((
                (t.kind, source.kind, target.kind) IN (
                    ('grant', 'issuer', 'budget'), ('reserve', 'budget', 'reserved'),
                    ('credit', 'reserved', 'member'), ('release', 'reserved', 'budget'),
                    ('forfeit', 'reserved', 'forfeited'), ('expire', 'member', 'expired')
                ) AND COALESCE(source.campaign_id = target.campaign_id, TRUE)
            ) IS NOT TRUE),
            bool_or((
                t.kind = 'grant' OR (
                    COALESCE(source.campaign_id, target.campaign_id) = draw.campaign_id
                    AND COALESCE(source.wester_id, target.wester_id, entrant.wester_id)
                        = entrant.wester_id
                )
            ) IS NOT TRUE),
            bool_or((
                t.kind = 'grant' OR t.points = award.points
                OR (t.points < award.points AND t.kind <> 'reserve')
            ) IS NOT TRUE),
            bool_or((t.kind <> 'credit' OR t.expires_on = terms.expires_on) IS NOT TRUE),
            bool_or((t.kind <> 'reserve' OR draw.state = 'confirmed') IS NOT TRUE),
            bool_or((t.kind IN ('grant', 'reserve') OR payout.id IS NOT NULL) IS NOT TRUE),
            bool_or((
                t.at >= CASE t.kind
                    WHEN 'credit' THEN terms.credit_at
                    WHEN 'expire'
                        THEN (terms.expires_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
                    ELSE t.at
                END
            ) IS NOT TRUE)
        ]
        FROM added t
        JOIN points_account source ON source.id = t.from_account_id
        JOIN points_account target ON target.id = t.to_account_id
        LEFT JOIN lottery_award award ON award.id = t.award_id
        LEFT JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
        LEFT JOIN lottery_draw draw ON draw.id = award.draw_id
        LEFT JOIN campaign_terms terms ON terms.id = draw.terms_id
        LEFT JOIN points_payout payout ON payout.draw_id = draw.id
        WHERE t.kind <> 'reverse'
    $statement$ INTO broken;
    IF broken[1] THEN
        RAISE EXCEPTION
            'a transfer of a kind goes from one kind of account to another, in one campaign'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_between_its_accounts';
    ELSIF broken[2] THEN
        RAISE EXCEPTION
            'an award is of the campaign and the member whose accounts its transfers touch'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_of_its_own_award';
    ELSIF broken[3] THEN
        RAISE EXCEPTION 'all of an award is reserved, and no transfer is of more'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_within_the_award';
    ELSIF broken[4] THEN
        RAISE EXCEPTION 'a credit expires when the terms say'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_expires_by_the_terms';
    ELSIF broken[5] THEN
        RAISE EXCEPTION 'an award is reserved when its draw is confirmed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_reserve_of_a_confirmed_draw';
    ELSIF broken[6] THEN
        RAISE EXCEPTION 'an award comes to an end by the approved payout of its draw'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_of_an_approved_payout';
    ELSIF broken[7] THEN
        RAISE EXCEPTION
            'a credit waits for the instant of the terms, an expiry for the end of the last day'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_not_before_its_time';
    END IF;

    -- Most statements reverse nothing: then this query need not even be planned.
    IF EXISTS (SELECT FROM added WHERE kind = 'reverse') THEN
        EXECUTE $statement$
            SELECT ARRAY[bool_or(NOT verdict.mirrors), bool_or(NOT verdict.is_decided)]
            FROM added JOIN points_reversalverdict verdict ON verdict.transfer_id = added.id
        $statement$ INTO broken;
        IF broken[1] THEN
            RAISE EXCEPTION 'a reversal mirrors one transfer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_reversal_mirrors';
        ELSIF broken[2] THEN
            RAISE EXCEPTION
                'people approved this reversal, or the points system rejected the credit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_reversal_as_decided';
        END IF;
    END IF;

    -- Of every award that the rows touch, the transfers that are not reversed: no more is credited,
    -- released or forfeited than was reserved, and no more expires than was credited. Award by
    -- award, in a form that always uses the indexes transfer_one_of_a_kind_per_award and
    -- transfer_reversed_once, however few rows the planner believes the table to have.
    EXECUTE $statement$
        SELECT NOT EXISTS (
            SELECT FROM (
                SELECT award_id FROM added WHERE award_id IS NOT NULL
                UNION
                SELECT reversed.award_id FROM added
                JOIN points_transfer reversed ON reversed.id = added.reverses_id
            ) touched, LATERAL (
                SELECT
                    sum(
                        CASE kind WHEN 'reserve' THEN points WHEN 'expire' THEN 0 ELSE -points END
                    ) AS reserved,
                    sum(
                        CASE kind WHEN 'credit' THEN points WHEN 'expire' THEN -points ELSE 0 END
                    ) AS credited
                FROM points_transfer t
                WHERE t.award_id = touched.award_id
                    AND (SELECT id FROM points_transfer WHERE reverses_id = t.id) IS NULL
            ) standing
            WHERE standing.reserved < 0 OR standing.credited < 0
        )
    $statement$ INTO fits;
    IF NOT fits THEN
        RAISE EXCEPTION 'no more moves than the award reserved'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_award_not_overspent';
    END IF;

    EXECUTE $statement$
        UPDATE points_account account SET balance_points = account.balance_points + moved.points
        FROM (
            SELECT id, sum(points) AS points
            FROM (
                SELECT from_account_id AS id, -points AS points FROM added
                UNION ALL
                SELECT to_account_id, points FROM added
            ) both_sides
            GROUP BY id
        ) moved
        WHERE account.id = moved.id
    $statement$;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER transfer_posted
AFTER INSERT ON points_transfer
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT
EXECUTE FUNCTION points_transfer_posted();
ALTER TABLE points_transfer ENABLE ALWAYS TRIGGER transfer_posted;
