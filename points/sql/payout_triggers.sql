-- payout_triggers: what constraints cannot say about points_payout

CREATE OR REPLACE FUNCTION points_payout_of_a_confirmed_draw() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM lottery_draw WHERE id = NEW.draw_id AND state = 'confirmed' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a payout is of a draw that is confirmed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_of_a_confirmed_draw';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER payout_of_a_confirmed_draw
BEFORE INSERT ON points_payout
FOR EACH ROW
EXECUTE FUNCTION points_payout_of_a_confirmed_draw();
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_of_a_confirmed_draw;

-- The approval is being carried out: it is approved before anything is written.
CREATE OR REPLACE FUNCTION points_payout_of_its_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM core_approval approval
    JOIN lottery_draw draw ON draw.id = NEW.draw_id
    JOIN campaign_campaign campaign ON campaign.id = draw.campaign_id
    WHERE approval.id = NEW.approval_id AND approval.state = 'approved'
        AND approval.action = 'payout.prepare'
        AND approval.subject = campaign.code || '/' || draw.sequence
        AND approval.decided_at = NEW.approved_at
        AND approval.content @> jsonb_build_object(
            'awards', NEW.awards, 'award_points', NEW.award_points,
            'list_sha256', NEW.list_sha256
        );
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a payout is what was approved of its draw'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_of_its_approval';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER payout_of_its_approval
BEFORE INSERT ON points_payout
FOR EACH ROW
EXECUTE FUNCTION points_payout_of_its_approval();
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_of_its_approval;

CREATE OR REPLACE FUNCTION points_payout_closed_when_settled() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM points_creditfile WHERE payout_id = OLD.id) OR EXISTS (
        SELECT FROM points_keystanding WHERE payout_id = OLD.id AND is_open
    ) THEN
        RAISE EXCEPTION 'both sides agree on every key before the close'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_closed_when_settled';
    END IF;
    IF EXISTS (SELECT FROM points_waitinganswer WHERE payout_id = OLD.id) THEN
        RAISE EXCEPTION 'no answer waits in quarantine at the close'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_closed_when_read';
    END IF;
    IF EXISTS (
        SELECT FROM points_awardstanding WHERE draw_id = OLD.draw_id
            AND award_points <> credited_points + released_points + forfeited_points
    ) THEN
        RAISE EXCEPTION 'every award is what became of it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_closed_when_sums_agree';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER payout_closed_when_settled
BEFORE UPDATE ON points_payout
FOR EACH ROW WHEN (
    OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.ended_at IS NOT NULL
)
EXECUTE FUNCTION points_payout_closed_when_settled();
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_closed_when_settled;

CREATE OR REPLACE TRIGGER payout_begins_unpaid
BEFORE INSERT ON points_payout
FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL)
EXECUTE FUNCTION core_refuse('a payout is approved before it ends');
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_begins_unpaid;

CREATE OR REPLACE TRIGGER payout_approved_stays
BEFORE UPDATE ON points_payout
FOR EACH ROW WHEN (
    (OLD.approval_id, OLD.approved_at, OLD.award_points, OLD.awards, OLD.draw_id,
        OLD.ended_by_budget, OLD.list_sha256)
        IS DISTINCT FROM (NEW.approval_id, NEW.approved_at, NEW.award_points,
            NEW.awards, NEW.draw_id, NEW.ended_by_budget, NEW.list_sha256)
)
EXECUTE FUNCTION core_refuse('what was approved stays as it is');
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_approved_stays;

CREATE OR REPLACE TRIGGER payout_moves_forward
BEFORE UPDATE ON points_payout
FOR EACH ROW WHEN (
    (OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at)
    OR (OLD.closed_at IS NOT NULL AND OLD.closed_at IS DISTINCT FROM NEW.closed_at)
)
EXECUTE FUNCTION core_refuse('a payout ends and is closed once');
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_moves_forward;

CREATE OR REPLACE TRIGGER payout_never_deleted
BEFORE DELETE ON points_payout
FOR EACH ROW
EXECUTE FUNCTION core_refuse('payouts are never deleted');
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_never_deleted;

CREATE OR REPLACE TRIGGER payout_never_truncated
BEFORE TRUNCATE ON points_payout
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_payout ENABLE ALWAYS TRIGGER payout_never_truncated;
