"""The card of each action that can be approved."""

from core.models import Approval
from portal.desk.approvals import campaign_cards, draw_cards, money_cards, people_cards
from portal.desk.approvals.cards import (
    Card,
    Kind,
    Names,
    campaign_code,
    describe_unknown,
    subject_as_stored,
)

UNKNOWN = Kind(describe_unknown, subject_as_stored)
KINDS = {
    "campaign.publish": Kind(campaign_cards.describe_terms, campaign_cards.subject_of_terms),
    "campaign.revise": Kind(campaign_cards.describe_terms, campaign_cards.subject_of_terms),
    "campaign.purge": Kind(campaign_cards.describe_purge, campaign_cards.subject_of_purge),
    "draw.publish": Kind(draw_cards.describe_list, draw_cards.subject_of_draw),
    "draw.confirm": Kind(draw_cards.describe_result, draw_cards.subject_of_draw),
    "draw.void": Kind(draw_cards.describe_void, draw_cards.subject_of_draw),
    "draw.forget": Kind(draw_cards.describe_forgetting, draw_cards.subject_of_draw),
    "draw.reveal": Kind(draw_cards.describe_reveal, draw_cards.subject_of_draw),
    "payout.prepare": Kind(money_cards.describe_payout, draw_cards.subject_of_draw, is_slow=True),
    "payout.resolve": Kind(money_cards.describe_resolution, money_cards.subject_of_key),
    "points.reverse": Kind(money_cards.describe_reversal, money_cards.subject_of_transfer),
    "member.erase": Kind(people_cards.describe_erasure, people_cards.subject_of_case),
    "staff.make_approver": Kind(people_cards.describe_approver, people_cards.subject_of_account),
    "staff.make_superuser": Kind(people_cards.describe_superuser, people_cards.subject_of_account),
    "staff.reset_approver": Kind(people_cards.describe_reset, people_cards.subject_of_account),
}


def kind_of(approval: Approval) -> Kind:
    """Return how a request is shown; of an unknown action, as it is stored."""
    return KINDS.get(approval.action, UNKNOWN)


def card_of(approval: Approval) -> Card:
    """Return the card of a request.

    A content of another form than today's, from a former release, is shown as it is stored.
    """
    try:
        return kind_of(approval).describe(approval)
    except (KeyError, TypeError, ValueError):
        return describe_unknown(approval)


def subject_in_words(approval: Approval, names: Names, *, is_readable: bool) -> str:
    """Return what a request is about; without what only a draft says where it is not readable."""
    if not is_readable and approval.action.startswith(("campaign.", "payout.resolve")):
        code = campaign_code(approval)
        return names.get(code, code)
    return kind_of(approval).subject(approval, names)
