"""What stands in for the foreign key of totals; every refusal carries a name of its own."""

import pgtrigger

from bookings.models.triggers import refuse

WRITTEN = pgtrigger.Referencing(new="written")  # type: ignore[no-untyped-call] # the library's gap


def of_a_campaign(name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """Return the trigger that looks at all rows of a statement at once."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=WRITTEN,
        func=f"""
            IF EXISTS (
                SELECT FROM (SELECT DISTINCT campaign_id FROM written) totals
                LEFT JOIN campaign_campaign campaign ON campaign.id = totals.campaign_id
                WHERE campaign.id IS NULL
            ) THEN
                {refuse(name, "a total is of a campaign that there is")}
            END IF;
            RETURN NULL;
        """,
    )


# PostgreSQL hands a statement's rows to the triggers of one operation only.
TOTAL_TRIGGERS = [
    of_a_campaign("total_of_a_campaign", pgtrigger.Insert),
    of_a_campaign("total_stays_of_a_campaign", pgtrigger.Update),
]
