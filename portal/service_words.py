"""The booking services and the facts of members, as sentences name them."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bookings.enumerations import BookingService
from campaign.facts import TICKETLESS
from portal import listing

E5489, EX_YOYAKU, SMART_EX = (
    str(service)
    for service in (BookingService.E5489, BookingService.EX_YOYAKU, BookingService.SMART_EX)
)
EX = frozenset((EX_YOYAKU, SMART_EX))


def service_name(service: str) -> str:
    """Return the name of a booking service in quotation marks."""
    names = {
        E5489: _("“e5489”"),
        EX_YOYAKU: _("“Express Yoyaku”"),
        SMART_EX: _("“Smart EX”"),
    }
    return names.get(service, service)


def service_names(services: Collection[str]) -> list[str]:
    """Return the names of these services, both of the EX Service under its name."""
    if not EX.issubset(services):
        return [service_name(one) for one in (E5489, EX_YOYAKU, SMART_EX) if one in services]
    ex = _("the “EX Service” (Express Yoyaku and Smart EX)")
    return [service_name(E5489), ex] if E5489 in services else [ex]


def any_service(services: Collection[str]) -> str:
    """Return the services as a sentence offers them: the one or the other."""
    return listing.join_any(service_names(services))


def facts_in_words(facts: Iterable[str]) -> str:
    """Return facts that a member has to have, all of them, for a sentence."""
    return listing.join_all(fact_in_words(fact) for fact in sorted(facts))


def fact_in_words(fact: str) -> str:
    """Return what gives a member a fact: a booking that counts."""
    if fact == TICKETLESS:
        return pgettext("a fact of a member", "a ticketless journey")
    name = service_name(fact)
    return pgettext("a fact of a member", "a booking on %(service)s") % {"service": name}
