-- terms_triggers: what constraints cannot say about campaign_terms

CREATE OR REPLACE TRIGGER terms_published_never_change
BEFORE UPDATE OR DELETE ON campaign_terms
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
EXECUTE FUNCTION core_refuse('published terms never change');
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_published_never_change;

CREATE OR REPLACE TRIGGER terms_never_truncated
BEFORE TRUNCATE ON campaign_terms
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_never_truncated;

-- FOR SHARE waits for a freeze under way and then sees its mark; a bare read would not.
CREATE OR REPLACE FUNCTION campaign_terms_none_follow_freeze() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    frozen_at timestamptz;
BEGIN
    SELECT entries_frozen_at INTO frozen_at
    FROM campaign_campaign WHERE id = NEW.campaign_id FOR SHARE;
    IF frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'no terms follow a freeze'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_none_follow_freeze';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER terms_none_follow_freeze
BEFORE INSERT OR UPDATE ON campaign_terms
FOR EACH ROW WHEN (NEW.published_at IS NOT NULL)
EXECUTE FUNCTION campaign_terms_none_follow_freeze();
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_none_follow_freeze;

CREATE OR REPLACE FUNCTION campaign_terms_versions_follow_on() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    published integer;
BEGIN
    SELECT COALESCE(MAX(version), 0) INTO published
    FROM campaign_terms WHERE campaign_id = NEW.campaign_id AND published_at IS NOT NULL;
    IF NEW.version <> published + 1 THEN
        RAISE EXCEPTION 'a version follows the last published one'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_versions_follow_on';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER terms_versions_follow_on
BEFORE INSERT OR UPDATE ON campaign_terms
FOR EACH ROW
EXECUTE FUNCTION campaign_terms_versions_follow_on();
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_versions_follow_on;

-- The sections that published terms ask for can be ridden: operators and lines are in the network
-- as it is loaded then. Reads bookings_stop and bookings_service, a few hundred rows.
CREATE OR REPLACE FUNCTION campaign_terms_network_known() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM jsonb_path_query(NEW.touches, '$[*]') item
        WHERE NOT EXISTS (
            SELECT FROM bookings_stop WHERE operator_to_next = item ->> 'operator'
        )
    ) THEN
        RAISE EXCEPTION 'every operator is one of the rail network'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_operators_known';
    END IF;
    IF EXISTS (
        SELECT FROM jsonb_path_query(NEW.touches, '$[*].lines[*] ? (@ != null)') line
        WHERE NOT EXISTS (SELECT FROM bookings_service WHERE name = line #>> '{}')
    ) THEN
        RAISE EXCEPTION 'every line is one of the rail network'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_lines_known';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER terms_network_known
BEFORE INSERT OR UPDATE ON campaign_terms
FOR EACH ROW WHEN (NEW.published_at IS NOT NULL)
EXECUTE FUNCTION campaign_terms_network_known();
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_network_known;
