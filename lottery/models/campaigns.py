"""What a draw asks of its campaign's row."""

import pgtrigger

from bookings.models.triggers import refuse
from campaign.models import Campaign


class FrozenCampaign(Campaign):
    """A campaign whose entries stay frozen while a draw stands: only a void opens them again."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="campaign_frozen_while_drawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.entries_frozen_at IS NOT NULL"
                    " AND OLD.entries_frozen_at IS DISTINCT FROM NEW.entries_frozen_at)"
                ),
                func=f"""
                    IF EXISTS (
                        SELECT FROM lottery_draw WHERE campaign_id = OLD.id AND state <> 'void'
                    ) THEN
                        {refuse("campaign_frozen_while_drawn", "a draw stands: its list is frozen")}
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
