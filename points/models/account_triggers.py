"""What constraints cannot say about accounts; every refusal carries a name of its own."""

import pgtrigger

from bookings.models.triggers import never, never_truncated, refuse


def update_of(*columns: str) -> pgtrigger.Operation:
    """Return the operation of a statement that sets one of some columns."""
    return pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call] # the library's gap


BEGINS_EMPTY = never(
    "account_begins_empty",
    pgtrigger.Insert,
    condition=~pgtrigger.Q(new__balance_points=0),
    message="an account begins without points",
)
STAYS = never(
    "account_stays_whose_it_is",
    update_of("id", "kind", "campaign_id", "wester_id"),
    message="an account stays whose it is",
)
NEVER_DELETED = never(
    "account_never_deleted", pgtrigger.Delete, message="accounts are never deleted"
)
# The trigger of the transfers is one deeper than this one is for a statement of anybody else. For
# each statement and not for each row: a payout writes to as many accounts as it has members.
BALANCE_FOLLOWS = pgtrigger.Trigger(
    name="account_balance_follows_transfers",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=update_of("balance_points"),
    func=f"""
        IF pg_trigger_depth() < 2 THEN
            {refuse("account_balance_follows_transfers", "a balance follows from the transfers")}
        END IF;
        RETURN NULL;
    """,
)
# FOR SHARE: terms with another budget are either in force before or wait until we are done.
BOUND_IS_THE_BUDGET = pgtrigger.Trigger(
    name="account_bound_is_the_budget",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | update_of("least_points"),
    condition=pgtrigger.Q(new__kind="issuer"),
    declare=[("budget", "bigint")],
    func=f"""
        PERFORM FROM campaign_campaign WHERE id = NEW.campaign_id FOR SHARE;
        SELECT budget_points INTO budget FROM campaign_terms
        WHERE campaign_id = NEW.campaign_id AND published_at IS NOT NULL
        ORDER BY version DESC LIMIT 1;
        IF budget IS NULL OR NEW.least_points <> -budget THEN
            {refuse("account_bound_is_the_budget", "an issuer gives no more than the budget")}
        END IF;
        RETURN NEW;
    """,
)
ACCOUNT_TRIGGERS = [
    BEGINS_EMPTY,
    STAYS,
    NEVER_DELETED,
    never_truncated("account_never_truncated"),
    BALANCE_FOLLOWS,
    BOUND_IS_THE_BUDGET,
]
