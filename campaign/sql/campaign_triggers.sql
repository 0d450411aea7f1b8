-- campaign_triggers: what constraints cannot say about campaign_campaign

CREATE OR REPLACE TRIGGER campaign_code_stays
BEFORE UPDATE ON campaign_campaign
FOR EACH ROW WHEN (OLD.code IS DISTINCT FROM NEW.code)
EXECUTE FUNCTION core_refuse('a campaign keeps its code');
ALTER TABLE campaign_campaign ENABLE ALWAYS TRIGGER campaign_code_stays;

-- Totals have no foreign key that would prevent it.
CREATE OR REPLACE TRIGGER campaign_never_deleted
BEFORE DELETE ON campaign_campaign
FOR EACH ROW
EXECUTE FUNCTION core_refuse('a campaign is never deleted');
ALTER TABLE campaign_campaign ENABLE ALWAYS TRIGGER campaign_never_deleted;
