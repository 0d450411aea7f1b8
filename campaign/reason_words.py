"""The rules that reject a booking, in a few words: for lists and filters of staff.

Members read the sentence of the rule, which says more.
"""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

COUNTS = pgettext_lazy("verdict on a booking", "counts")
REASONS: dict[str, "StrPromise"] = {
    "no_wester_login": pgettext_lazy("why a booking does not count", "No WESTER sign-in"),
    "unlinked_ex_member": pgettext_lazy("why a booking does not count", "No WESTER ID linked"),
    "excluded_member_kind": pgettext_lazy("why a booking does not count", "Excluded membership"),
    "member_kind_unclear": pgettext_lazy("why a booking does not count", "Membership is checked"),
    "service_not_included": pgettext_lazy("why a booking does not count", "Other booking service"),
    "points_registration_missing": pgettext_lazy(
        "why a booking does not count", "No points registration"
    ),
    "counter_or_agency": pgettext_lazy("why a booking does not count", "Ticket office or agency"),
    "payment_method": pgettext_lazy("why a booking does not count", "Other payment"),
    "fare_only": pgettext_lazy("why a booking does not count", "No express ticket"),
    "rail_points_product": pgettext_lazy("why a booking does not count", "Paid with points"),
    "product_excluded": pgettext_lazy("why a booking does not count", "Other product"),
    "outside_section": pgettext_lazy("why a booking does not count", "Outside the section"),
    "outside_booking_period": pgettext_lazy(
        "why a booking does not count", "Outside the booking period"
    ),
    "outside_travel_period": pgettext_lazy(
        "why a booking does not count", "Outside the travel period"
    ),
    "cancelled": pgettext_lazy("why a booking does not count", "Cancelled"),
    "refunded": pgettext_lazy("why a booking does not count", "Refunded"),
    "stopover": pgettext_lazy("why a booking does not count", "Journey broken off"),
    "changed_by_phone": pgettext_lazy("why a booking does not count", "Changed by telephone"),
    "not_used": pgettext_lazy("why a booking does not count", "Ride is checked"),
}
