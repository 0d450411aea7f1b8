"""Which bookings count, in sentences made from the terms. Source: docs/specs/campaigns.md 2."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bookings.enumerations import MemberKind, PaymentMethod, ProductKind, SalesChannel
from portal import listing, names, service_words
from portal.sections import Stretch
from portal.service_words import E5489, EX, EX_YOYAKU, SMART_EX, any_service, service_name

SERVICES = (E5489, EX_YOYAKU, SMART_EX)
SERVICE_OF_KIND = {
    str(MemberKind.SMART_EX): SMART_EX,
    str(MemberKind.SMART_EX_OVERSEAS): SMART_EX,
}


class BookingTerms(Protocol):
    """The terms that say which bookings count."""

    touches: Any
    products_excluded: list[str]
    channels_excluded: list[str]
    payment_methods: Any
    kinds_excluded: list[str]
    kinds_registered: list[str]
    kinds_free: list[str]
    phone_changes_excluded: bool
    stopovers_excluded: bool


@dataclass(frozen=True)
class Touch:
    """The services of one item of the terms, and the sections of which a journey needs one.

    ``stretches`` is empty where any section of the operator will do.
    """

    services: Sequence[str]
    operator: str
    lines: Sequence[str]
    stretches: Sequence[Stretch]


def services_of(terms: BookingTerms) -> list[str]:
    """Return the booking services of a campaign, in the order of the pages."""
    found = {service for touch in terms.touches for service in touch["services"]}
    return [service for service in SERVICES if service in found]


def kinds_of(kinds: Collection[str], services: Collection[str]) -> list[str]:
    """Return the names of those member kinds that the services of a campaign have."""
    wanted = [kind for kind in kinds if SERVICE_OF_KIND.get(kind, EX_YOYAKU) in services]
    return [str(name) for name in names.kind_names(wanted)]


def sections_in_words(touch: Touch) -> str:
    """Return the sections of which a journey needs one."""
    if touch.stretches:
        return stretches_in_words(touch)
    operator = {"operator": str(names.operator_name(touch.operator))}
    return pgettext("sections", "%(operator)s lines") % operator


def stretches_in_words(touch: Touch) -> str:
    """Return the stretches of line of which a journey needs a section."""
    ends = listing.join_any(
        pgettext("a stretch of line", "%(start)s–%(end)s") % {"start": one[0], "end": one[-1]}
        for one in touch.stretches
    )
    values = {"operator": str(names.operator_name(touch.operator)), "ends": ends}
    return pgettext("sections", "the %(operator)s section %(ends)s") % values


def missing_sections(touches: Sequence[Touch]) -> str:
    """Return the sections none of which a rejected journey has, before the word for that."""
    found = [
        stretches_in_words(touch)
        if touch.stretches
        else pgettext("sections that a journey lacks", "a section run by %(operator)s")
        % {"operator": str(names.operator_name(touch.operator))}
        for touch in touches
    ]
    return listing.join_none(dict.fromkeys(found))


def which_bookings_count(terms: BookingTerms, touches: Sequence[Touch]) -> list[str]:
    """Return a sentence for each item of the terms; the services stand in it if they differ."""
    what = (
        _("limited expresses, Shinkansen and the like")
        if ProductKind.FARE_ONLY in terms.products_excluded
        else _("tickets")
    )
    differ = len(touches) > 1
    sentence = (
        _(
            "On %(services)s: bookings of %(what)s whose journey includes %(sections)s, even if "
            "only in part."
        )
        if differ
        else _("Bookings of %(what)s whose journey includes %(sections)s, even if only in part.")
    )
    return [
        sentence
        % {
            "what": what,
            "sections": sections_in_words(touch),
            "services": any_service(touch.services),
        }
        for touch in touches
    ]


def which_journeys_do_not(touches: Sequence[Touch]) -> str:
    """Return the sentence about journeys that touch no section of the campaign."""
    if any(touch.stretches for touch in touches):
        return _("Journeys that include none of these sections do not count.")
    operators = dict.fromkeys(str(names.operator_name(touch.operator)) for touch in touches)
    operator = {"operator": listing.join_any(operators)}
    return _("Journeys entirely off %(operator)s lines do not count.") % operator


def lines_in_words(touches: Sequence[Touch]) -> list[str]:
    """Return a sentence that names the lines and trains of each item that has some."""
    sentence = _("Lines and trains on %(sections)s: %(lines)s.")
    return [
        sentence % {"sections": sections_in_words(touch), "lines": listing.join_names(touch.lines)}
        for touch in touches
        if touch.lines
    ]


def not_counted(terms: BookingTerms, *, rail_points: str) -> list[str]:
    """Return which tickets do not count, in the order of the rules.

    Args: ``rail_points``: the name of the product in the campaign's texts.
    """
    return [
        *channels_not_counted(terms.channels_excluded),
        *payments_not_counted(terms),
        *products_not_counted(terms.products_excluded, rail_points=rail_points),
        cancelled_or_so(stopovers=terms.stopovers_excluded),
        *phone_changes_not_counted(terms),
    ]


def channels_not_counted(channels: Collection[str]) -> list[str]:
    """Return the sentence about where tickets must not have been bought."""
    places = {"places": places_in_words(channels)}
    return [_("Tickets booked or bought at %(places)s.") % places] if channels else []


def places_in_words(channels: Collection[str]) -> str:
    """Return the places that sell tickets by these channels."""
    places = {
        str(SalesChannel.COUNTER): _("a station’s ticket office (Midori no Madoguchi)"),
        str(SalesChannel.AGENCY): _("a travel agency or the like"),
        str(SalesChannel.WEB): _("a web page"),
        str(SalesChannel.APP): _("an app"),
    }
    return listing.join_any(place for channel, place in places.items() if channel in channels)


def payments_not_counted(terms: BookingTerms) -> list[str]:
    """Return for each service that asks for a payment method what else does not count."""
    services = services_of(terms)
    return [
        payment_not_counted(service, terms.payment_methods[service])
        for service in SERVICES
        if service in services
        and service in terms.payment_methods
        and not set(PaymentMethod.values).issubset(terms.payment_methods[service])
    ]


def payment_not_counted(service: str, methods: Collection[str]) -> str:
    """Return which ways of paying do not count on a service."""
    others = [method for method in PaymentMethod.values if method not in methods]
    values = {
        "service": service_name(service),
        "allowed": ways_to_pay(methods),
        "others": ways_to_pay(others),
    }
    return _("%(service)s tickets not paid %(allowed)s: those paid %(others)s.") % values


def ways_to_pay(methods: Collection[str]) -> str:
    """Return ways of paying, any of them, as what follows the word paid."""
    ways = {
        str(PaymentMethod.POINTS): _("with points"),
        str(PaymentMethod.REGISTERED_CARD): _(
            "with the credit card registered at the time of booking"
        ),
        str(PaymentMethod.OTHER_CARD): _("with another credit card"),
        str(PaymentMethod.CONVENIENCE_STORE): _("at a convenience store"),
        str(PaymentMethod.BANK): _("at a bank"),
        str(PaymentMethod.STATION): _("at a station"),
    }
    return listing.join_dotted(way for method, way in ways.items() if method in methods)


def ways_that_count(terms: BookingTerms) -> str:
    """Return the ways of paying of every service that asks for some."""
    methods = terms.payment_methods.values()
    return ways_to_pay({method for of_service in methods for method in of_service})


def products_not_counted(products: Collection[str], *, rail_points: str) -> list[str]:
    """Return the kinds of tickets that do not count."""
    sentences = {
        str(ProductKind.FARE_ONLY): _("Tickets for the fare alone, without a limited express."),
        str(ProductKind.RAIL_POINTS): _("%(product)s.") % {"product": rail_points},
        str(ProductKind.DISCOUNT): _("Discount tickets."),
        str(ProductKind.STANDARD): _("Tickets at the ordinary fare."),
    }
    return [sentence for kind, sentence in sentences.items() if kind in products]


def cancelled_or_so(*, stopovers: bool) -> str:
    """Return the sentence about tickets that were not used as they were booked."""
    if stopovers:
        return _("Tickets that were cancelled or refunded, and journeys broken off on the way.")
    return _("Tickets that were cancelled or refunded.")


def phone_changes_not_counted(terms: BookingTerms) -> list[str]:
    """Return the sentence about bookings changed by telephone, if there is such a rule."""
    if not terms.phone_changes_excluded:
        return []
    services = services_of(terms)
    if E5489 in services:
        return [_("%(service)s bookings changed by telephone.") % {"service": service_name(E5489)}]
    return [_("Bookings changed by telephone.")]


def has_ex(services: Collection[str]) -> bool:
    """Return whether a campaign has a service of the EX Service."""
    return bool(EX.intersection(services))


def ex_name(services: Collection[str]) -> str:
    """Return what the headings call those EX services that a campaign has."""
    ex = EX.intersection(services)
    return {
        frozenset((EX_YOYAKU,)): _("Express Yoyaku"),
        frozenset((SMART_EX,)): _("Smart EX"),
    }.get(ex, _("EX Service"))


def all_services(terms: BookingTerms) -> str:
    """Return the services of a campaign as its sentences offer them."""
    return service_words.any_service(services_of(terms))
