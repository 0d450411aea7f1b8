-- campaign_triggers: a campaign stays frozen while it has a draw that is not void

CREATE OR REPLACE FUNCTION lottery_campaign_frozen_while_drawn() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM lottery_draw WHERE campaign_id = OLD.id AND state <> 'void'
    ) THEN
        RAISE EXCEPTION 'a draw stands: its list is frozen'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'campaign_frozen_while_drawn';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER campaign_frozen_while_drawn
BEFORE UPDATE ON campaign_campaign
FOR EACH ROW WHEN (
    OLD.entries_frozen_at IS NOT NULL
    AND OLD.entries_frozen_at IS DISTINCT FROM NEW.entries_frozen_at
)
EXECUTE FUNCTION lottery_campaign_frozen_while_drawn();
ALTER TABLE campaign_campaign ENABLE ALWAYS TRIGGER campaign_frozen_while_drawn;
