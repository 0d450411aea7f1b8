-- draw_triggers: what points require of lottery_draw

CREATE OR REPLACE FUNCTION points_draw_not_void_once_paid() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM points_payout WHERE draw_id = OLD.id) THEN
        RAISE EXCEPTION 'the payout of this draw is approved'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_not_void_once_paid';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER draw_not_void_once_paid
BEFORE UPDATE ON lottery_draw
FOR EACH ROW WHEN (NEW.state = 'void' AND OLD.state <> 'void')
EXECUTE FUNCTION points_draw_not_void_once_paid();
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_not_void_once_paid;

CREATE OR REPLACE FUNCTION points_draw_void_reserves_nothing() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM lottery_award award
        JOIN points_transfer reserve
            ON reserve.award_id = award.id AND reserve.kind = 'reserve'
        LEFT JOIN points_transfer reversal ON reversal.reverses_id = reserve.id
        WHERE award.draw_id = NEW.id AND reversal.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a void draw reserves no points'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_void_reserves_nothing';
    END IF;
    RETURN NULL;
END;
$$;

-- At the end of the transaction, in which the reserves are reversed.
DROP TRIGGER IF EXISTS draw_void_reserves_nothing ON lottery_draw;

CREATE CONSTRAINT TRIGGER draw_void_reserves_nothing
AFTER UPDATE ON lottery_draw
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.state = 'void' AND OLD.state <> 'void')
EXECUTE FUNCTION points_draw_void_reserves_nothing();
ALTER TABLE lottery_draw ENABLE ALWAYS TRIGGER draw_void_reserves_nothing;
