"""What constraints cannot say about terms; every refusal carries a name of its own."""

import pgtrigger

from bookings.models.triggers import never, never_truncated, refuse

PUBLISHED_NEVER_CHANGE = never(
    "terms_published_never_change",
    pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Q(old__published_at__isnull=False),
    message="published terms never change",
)
# FOR SHARE waits for a freeze under way and then sees its mark; a bare read would not.
NONE_FOLLOW_FREEZE = pgtrigger.Trigger(
    name="terms_none_follow_freeze",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__published_at__isnull=False),
    declare=[("frozen_at", "timestamptz")],
    func=f"""
        SELECT entries_frozen_at INTO frozen_at
        FROM campaign_campaign WHERE id = NEW.campaign_id FOR SHARE;
        IF frozen_at IS NOT NULL THEN
            {refuse("terms_none_follow_freeze", "no terms follow a freeze")}
        END IF;
        RETURN NEW;
    """,
)
VERSIONS_FOLLOW_ON = pgtrigger.Trigger(
    name="terms_versions_follow_on",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("published", "integer")],
    func=f"""
        SELECT COALESCE(MAX(version), 0) INTO published
        FROM campaign_terms WHERE campaign_id = NEW.campaign_id AND published_at IS NOT NULL;
        IF NEW.version <> published + 1 THEN
            {refuse("terms_versions_follow_on", "a version follows the last published one")}
        END IF;
        RETURN NEW;
    """,
)
TERMS_TRIGGERS = [
    PUBLISHED_NEVER_CHANGE,
    never_truncated("terms_never_truncated"),
    NONE_FOLLOW_FREEZE,
    VERSIONS_FOLLOW_ON,
]
