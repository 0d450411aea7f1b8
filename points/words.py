"""The words in which staff read why an award or a transfer is as it is, and which step made it."""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REASONS: dict[str, "StrPromise"] = {
    "below_minimum": pgettext_lazy("why points moved", "Below the minimum"),
    "lower_total": pgettext_lazy("why points moved", "Lower total"),
    "lot_withdrawn": pgettext_lazy("why points moved", "The drawn lot was lost"),
    "not_entered": pgettext_lazy("why points moved", "No entry"),
    "entered_elsewhere": pgettext_lazy("why points moved", "Entered for another course"),
    "withdrawn": pgettext_lazy("why points moved", "Left WESTER"),
    "rejected": pgettext_lazy("why points moved", "Could not be credited"),
    "resolved": pgettext_lazy("why points moved", "Resolved by hand"),
    "reversed": pgettext_lazy("why points moved", "Taken back"),
    "revised": pgettext_lazy("why points moved", "Terms revised"),
    "void": pgettext_lazy("why points moved", "Draw void"),
}
MADE_BY: dict[str, "StrPromise"] = {
    "draw.confirm": pgettext_lazy("step that moved points", "Confirmation of the result"),
    "draw.void": pgettext_lazy("step that moved points", "Draw made void"),
    "payout.run": pgettext_lazy("step that moved points", "Payout"),
    "payout.settle": pgettext_lazy("step that moved points", "Settlement"),
    "payout.resolve": pgettext_lazy("step that moved points", "Resolution of a key"),
    "points.reverse": pgettext_lazy("step that moved points", "Reversal"),
    "points.expire": pgettext_lazy("step that moved points", "Expiry"),
}
# As ``points.queries.COUNTS`` names them.
AWARDS: dict[str, "StrPromise"] = {
    "awards": pgettext_lazy("awards", "Awards"),
    "award_points": pgettext_lazy("awards", "Points of all awards"),
    "pending": pgettext_lazy("awards", "Not credited yet"),
    "credited": pgettext_lazy("awards", "Credited"),
    "credited_points": pgettext_lazy("awards", "Points credited"),
    "forfeited": pgettext_lazy("awards", "Forfeited"),
    "forfeited_points": pgettext_lazy("awards", "Points forfeited"),
    "released_points": pgettext_lazy("awards", "Points released by lower totals"),
    "expired_points": pgettext_lazy("awards", "Points expired"),
}
