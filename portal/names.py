"""The names of states, member kinds, operators and products on the pages."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import dates
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.enumerations import BookingService, MemberKind
from bookings.words import FEEDS, operator_name
from campaign.sentences import ENTRY_STATES
from campaign.states import EntryState
from portal.states import Outcome, ShownState, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

__all__ = ["operator_name"]
STATES = {
    ShownState.BEFORE: ENTRY_STATES[EntryState.BEFORE],
    ShownState.OPEN: ENTRY_STATES[EntryState.OPEN],
    ShownState.CLOSED: ENTRY_STATES[EntryState.CLOSED],
    ShownState.COUNTING: pgettext_lazy("state of a campaign", "Counting"),
    ShownState.RESULTS: pgettext_lazy("state of a campaign", "Results announced"),
    ShownState.CREDITED: pgettext_lazy("state of a campaign", "Points credited"),
}
# Of a campaign that nobody enters, and of one that draws nobody.
STATES_WITHOUT_ENTRY = {
    ShownState.BEFORE: pgettext_lazy("state of a campaign", "Not begun yet"),
    ShownState.OPEN: pgettext_lazy("state of a campaign", "Under way"),
    ShownState.CLOSED: pgettext_lazy("state of a campaign", "Ended"),
}
STATES_WITHOUT_DRAW = {
    ShownState.RESULTS: pgettext_lazy("state of a campaign", "Points settled"),
}
OUTCOMES = {
    Outcome.ENTRANT: pgettext_lazy("outcome of a draw", "In the draw, no result yet"),
    Outcome.OUTSIDE: pgettext_lazy("outcome of a draw", "Not in the draw"),
    Outcome.LOST: pgettext_lazy("outcome of a draw", "Not drawn"),
    Outcome.WON: pgettext_lazy("outcome of a draw", "Drawn"),
    Outcome.CREDITED: pgettext_lazy("outcome of a draw", "Points credited"),
    Outcome.FORFEITED: pgettext_lazy("outcome of a draw", "Drawn, forfeited"),
}
OUTCOMES_WITHOUT_DRAW = {
    Outcome.ENTRANT: pgettext_lazy("outcome without a draw", "Takes part, not settled yet"),
    Outcome.OUTSIDE: pgettext_lazy("outcome without a draw", "Does not take part"),
    Outcome.LOST: pgettext_lazy("outcome without a draw", "No points"),
    Outcome.WON: pgettext_lazy("outcome without a draw", "Gets points"),
    Outcome.FORFEITED: pgettext_lazy("outcome without a draw", "Forfeited"),
}
VERDICTS = {
    Verdict.COUNTS: _("Eligible"),
    Verdict.WAITS: _("Being checked"),
    Verdict.REJECTED: _("Not eligible"),
}
COUNTING, COUNTED = _("It counts towards your total."), _("It was added to your total.")
PAYOUTS = {
    "not_confirmed": pgettext_lazy("state of a payout", "No confirmed draw"),
    "confirmed": pgettext_lazy("state of a payout", "Not prepared"),
    "prepared": pgettext_lazy("state of a payout", "Waits for approval"),
    "approved": pgettext_lazy("state of a payout", "Approved"),
    "running": pgettext_lazy("state of a payout", "Running"),
    "paid": pgettext_lazy("state of a payout", "Paid"),
    "settling": pgettext_lazy("state of a payout", "Being settled"),
    "closed": pgettext_lazy("state of a payout", "Closed"),
}
WEEKDAYS = {number + 1: name for number, name in dates.WEEKDAYS.items()}  # Monday is 1
# In the order in which the pages list them.
MEMBER_KINDS: dict[str, "StrPromise"] = {
    MemberKind.SMART_EX: _("Smart EX members"),
    MemberKind.JR_CENTRAL_EXPRESS_CARD: _("JR Tokai Express Card members"),
    MemberKind.JQ_CARD_EXPRESS: _("JQ CARD Express members"),
    MemberKind.J_WEST_CARD_EXPRESS: _("J-WEST Card (Express) members"),
    MemberKind.PLUS_EX: _("Plus EX members"),
    MemberKind.VIEW_EXPRESS_CARD: _("View Card Express members"),
    MemberKind.SMART_EX_OVERSEAS: _("Members of the Smart EX service for overseas visitors"),
    MemberKind.CORPORATE: _("Some corporate members of Express Yoyaku"),
}
BOOKING_SERVICES: dict[str, "StrPromise"] = {
    BookingService.E5489: _("e5489"),
    BookingService.EX_YOYAKU: _("Express Yoyaku"),
    BookingService.SMART_EX: _("Smart EX"),
}


def state_name(state: ShownState, *, has_entries: bool, has_draw: bool) -> "StrPromise":
    """Return the name of a state on the pages of members."""
    special = {
        **({} if has_entries else STATES_WITHOUT_ENTRY),
        **({} if has_draw else STATES_WITHOUT_DRAW),
    }
    return special.get(state, STATES[state])


def outcome_name(outcome: Outcome, *, has_draw: bool) -> "StrPromise":
    """Return the name of a member's outcome on the pages of staff."""
    special = {} if has_draw else OUTCOMES_WITHOUT_DRAW
    return special.get(outcome, OUTCOMES[outcome])


def kind_names(kinds: Iterable[str]) -> list["StrPromise"]:
    """Return the names of these member kinds, in the order of the pages."""
    wanted = set(kinds)
    return [name for kind, name in MEMBER_KINDS.items() if kind in wanted]


def feed_name(feed: str) -> "StrPromise | str":
    """Return the name of a feed; of an unknown one its own."""
    return FEEDS.get(feed, feed)
