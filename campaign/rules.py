"""Where a booking comes to count: one object for each rule, stated only here.

The nightly total, a member's explanation, staff filters and the counts per reason are all made
from these objects and evaluated in Postgres. A rule whose term asks for nothing does not exist in
that campaign: it rejects nothing and is shown nowhere.

Source: docs/specs/campaigns.md 2; their order is the order in which reasons are shown.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.enumerations import BookingService
from bookings.journeys import name_section

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

E5489 = Q(booking_service="e5489")
EX = Q(ex_member_no__isnull=False)
LINKED = EX & Q(registration__wester_id__isnull=False)
EX_SERVICES = frozenset((str(BookingService.EX_YOYAKU), str(BookingService.SMART_EX)))
OWN_REASON = frozenset(("fare_only", "rail_points"))  # products with a rule of their own


class RuleTerms(Protocol):
    """The terms that the rules depend on; touches and payment methods as in a campaign file."""

    touches: Sequence[Mapping[str, Any]]
    booked_from: datetime | None
    booked_until: datetime | None
    products_excluded: Sequence[str]
    channels_excluded: Sequence[str]
    payment_methods: Mapping[str, Sequence[str]]
    kinds_excluded: Sequence[str]
    kinds_registered: Sequence[str]
    kinds_free: Sequence[str]
    phone_changes_excluded: bool
    stopovers_excluded: bool

    @property
    def periods(self) -> Sequence[tuple[date, date]]:
        """Return first and last travel day of each period, both included."""


def touched_services(terms: RuleTerms) -> frozenset[str]:
    """Return the booking services that some item of the campaign includes."""
    return frozenset(service for touch in terms.touches for service in touch["services"])


def touches_ex(terms: RuleTerms) -> bool:
    """Return whether the campaign includes a booking service of EX."""
    return not EX_SERVICES.isdisjoint(touched_services(terms))


def always(_terms: RuleTerms) -> bool:
    """Return that a rule exists in every campaign."""
    return True


@dataclass(frozen=True)
class Rule:
    """A condition that rejects a booking.

    ``term`` is its place in a campaign file, ``clause`` the sentence of the first campaign's
    announcement that it comes from, ``sentence`` what the member reads, its placeholders filled
    from the campaign. ``rejects`` makes the condition on a booking from the campaign's terms,
    wherever the rule exists. The condition is true or false for every booking, never null. A
    booking only waits for what ``unconfirmed`` says: the sentence once it waits no more, from the
    crediting on.
    """

    code: str
    term: str
    clause: str
    sentence: "StrPromise"
    rejects: Callable[[RuleTerms], Q]
    exists: Callable[[RuleTerms], bool] = always
    unconfirmed: "StrPromise | None" = None


def on_services(services: Collection[str]) -> Q:
    """Return the condition that a booking was made on one of these services; none for all."""
    return Q() if set(services) >= set(BookingService.values) else booked_on(services)


def booked_on(services: Collection[str]) -> Q:
    """Return the condition that a booking was made on one of these services."""
    return Q(booking_service__in=sorted(services))


def has_section(touch: Mapping[str, Any]) -> Q:
    """Return the condition that the journey has a section of an item of the terms."""
    if touch["lines"] is None:
        return Q(operators__contains=[touch["operator"]])
    named = [name_section(touch["operator"], line) for line in touch["lines"]]
    return Q(sections__overlap=named)


def _no_wester_login(_terms: RuleTerms) -> Q:
    return E5489 & Q(wester_id__isnull=True)


def _unlinked_ex_member(_terms: RuleTerms) -> Q:
    return EX & Q(registration__wester_id__isnull=True)


def _linked(terms: RuleTerms) -> Q:
    return LINKED & on_services(touched_services(terms))


def _excluded_member_kind(terms: RuleTerms) -> Q:
    return _linked(terms) & Q(registration__member_kind__in=terms.kinds_excluded)


def _member_kind_unclear(terms: RuleTerms) -> Q:
    listed = [*terms.kinds_excluded, *terms.kinds_registered, *terms.kinds_free]
    return _linked(terms) & ~Q(registration__member_kind__in=listed)


def _service_not_included(terms: RuleTerms) -> Q:
    return ~booked_on(touched_services(terms))


def _points_registration_missing(terms: RuleTerms) -> Q:
    too_late = Q(registration__points_registered_at__isnull=True) | Q(
        registration__points_registered_at__gte=F("booked_at")
    )
    return _linked(terms) & Q(registration__member_kind__in=terms.kinds_registered) & too_late


def _counter_or_agency(terms: RuleTerms) -> Q:
    return Q(sales_channel__in=terms.channels_excluded)


def _payment_method(terms: RuleTerms) -> Q:
    return reduce(
        or_,
        (
            Q(booking_service=service) & ~Q(payment_method__in=methods)
            for service, methods in sorted(terms.payment_methods.items())
        ),
    )


def _product(kind: str) -> dict[str, Any]:
    """Return what a rule says that has a product of its own."""
    return {
        "rejects": lambda _terms: Q(product_kind=kind),
        "exists": lambda terms: kind in terms.products_excluded,
    }


def _other_products(terms: RuleTerms) -> list[str]:
    return [kind for kind in terms.products_excluded if kind not in OWN_REASON]


def _outside_section(terms: RuleTerms) -> Q:
    fits = reduce(
        or_, (on_services(touch["services"]) & has_section(touch) for touch in terms.touches)
    )
    return on_services(touched_services(terms)) & ~fits


def _outside_booking_period(terms: RuleTerms) -> Q:
    return Q(booked_at__lt=terms.booked_from) | Q(booked_at__gte=terms.booked_until)


def _outside_travel_period(terms: RuleTerms) -> Q:
    return ~reduce(or_, (Q(travel_date__range=period) for period in terms.periods))


def _flag(name: str, *, is_set: bool = True) -> Callable[[RuleTerms], Q]:
    return lambda _terms: Q(**{name: is_set})


RULES = (
    Rule(
        "no_wester_login",
        "always",
        "「e5489」ご利用の方は、WESTER IDでログインしてご予約ください。",
        _("Not eligible, because it was booked without signing in with a WESTER ID."),
        _no_wester_login,
    ),
    Rule(
        "unlinked_ex_member",
        "always",
        "ご予約前に「EXサービスポイント付与登録」が必要です。",
        _("Not eligible, because the EX member number is not linked to a WESTER ID."),
        _unlinked_ex_member,
    ),
    Rule(
        "excluded_member_kind",
        "bookings.kinds_excluded",
        "スマートEX海外向けサービス会員、エクスプレス予約の一部法人モデル会員等、一部会員を除きます。",
        _("Not eligible, because it was booked by a member of an excluded kind: %(kinds)s."),
        _excluded_member_kind,
        exists=lambda terms: touches_ex(terms) and bool(terms.kinds_excluded),
    ),
    Rule(
        "member_kind_unclear",
        "bookings.kinds_free",
        "スマートEX海外向けサービス会員、エクスプレス予約の一部法人モデル会員等、一部会員を除きます。",
        _("We are checking the kind of membership."),
        _member_kind_unclear,
        exists=touches_ex,
        unconfirmed=_("Not eligible, because the kind of membership could not be confirmed."),
    ),
    Rule(
        "service_not_included",
        "bookings.touches",
        "対象商品",
        _("Not eligible, because this campaign does not include the booking service."),
        _service_not_included,
        exists=lambda terms: not touched_services(terms) >= set(BookingService.values),
    ),
    Rule(
        "points_registration_missing",
        "bookings.kinds_registered",
        "ご予約前に「EXサービスポイント付与登録」が必要です。",
        _("Not eligible, because there was no %(registration)s before the booking."),
        _points_registration_missing,
        exists=lambda terms: touches_ex(terms) and bool(terms.kinds_registered),
    ),
    Rule(
        "counter_or_agency",
        "bookings.channels_excluded",
        "駅のみどりの窓口や旅行会社等で…ご予約・ご購入されたきっぷは対象外です。",
        _("Not eligible, because it was booked or bought at %(places)s."),
        _counter_or_agency,
        exists=lambda terms: bool(terms.channels_excluded),
    ),
    Rule(
        "payment_method",
        "bookings.payment_methods",
        "「e5489」は、予約操作時に登録されているクレジットカードでの決済が必要です。",
        _("Not eligible, because it was not paid %(payment)s."),
        _payment_method,
        exists=lambda terms: bool(terms.payment_methods),
    ),
    Rule(
        "fare_only",
        "bookings.products_excluded",
        "一部でもJR西日本区間を含む特急・新幹線等の予約",
        _("Not eligible, because it holds no limited express or Shinkansen ticket."),
        **_product("fare_only"),
    ),
    Rule(
        "rail_points_product",
        "bookings.products_excluded",
        "「鉄道ポイント利用商品」は対象外です。",
        _("Not eligible, because it is one of “%(rail_points)s”."),
        **_product("rail_points"),
    ),
    Rule(
        "product_excluded",
        "bookings.products_excluded",
        "対象商品",
        _("Not eligible, because this campaign does not include the product."),
        lambda terms: Q(product_kind__in=_other_products(terms)),
        exists=lambda terms: bool(_other_products(terms)),
    ),
    Rule(
        "outside_section",
        "bookings.touches",
        "JR西日本以外の区間で完結する行程での予約は対象外",
        _("Not eligible, because the journey does not include %(sections)s."),
        _outside_section,
    ),
    Rule(
        "outside_booking_period",
        "bookings.booked",
        "対象予約期間",
        _("Not eligible, because it was not booked within the booking period (%(booked)s)."),
        _outside_booking_period,
        exists=lambda terms: terms.booked_from is not None,
    ),
    Rule(
        "outside_travel_period",
        "bookings.travel",
        "対象乗車期間のご利用額を合計した額を還元します。",
        _("Not eligible, because it was not for travel within the travel period (%(travel)s)."),
        _outside_travel_period,
    ),
    Rule(
        "cancelled",
        "always",
        "取り消し・払いもどし・途中下車の場合は対象外となります。",
        _("Not eligible, because it was cancelled."),
        _flag("cancelled"),
    ),
    Rule(
        "refunded",
        "always",
        "取り消し・払いもどし・途中下車の場合は対象外となります。",
        _("Not eligible, because it was refunded."),
        _flag("refunded"),
    ),
    Rule(
        "stopover",
        "bookings.stopovers_excluded",
        "取り消し・払いもどし・途中下車の場合は対象外となります。",
        _("Not eligible, because the journey was broken on the way."),
        _flag("stopover"),
        exists=lambda terms: terms.stopovers_excluded,
    ),
    Rule(
        "changed_by_phone",
        "bookings.phone_changes_excluded",
        "「e5489」を電話で変更された場合は対象外となります。",
        _("Not eligible, because it was changed by telephone."),
        _flag("changed_by_phone"),
        exists=lambda terms: terms.phone_changes_excluded,
    ),
    Rule(
        "not_used",
        "always",
        "期間中…ご予約のうえ、ご利用いただいたお客様。",
        _("We are waiting for word that the journey was made."),
        _flag("used", is_set=False),
        unconfirmed=_("Not eligible, because it could not be confirmed that the journey was made."),
    ),
)
RULE_CODES = tuple(rule.code for rule in RULES)
PENDING = frozenset(rule.code for rule in RULES if rule.unconfirmed is not None)


def rules_of(terms: RuleTerms) -> list[Rule]:
    """Return the rules that exist in a campaign, in their order."""
    return [rule for rule in RULES if rule.exists(terms)]


def any_rejects(terms: RuleTerms, rules: Iterable[Rule]) -> Q:
    """Return the condition that at least one of a campaign's rules rejects a booking."""
    return reduce(or_, (rule.rejects(terms) for rule in rules))


def is_pending(reasons: Iterable[str]) -> bool:
    """Return whether a booking with these reasons only waits: for the ride, or for its kind."""
    codes = set(reasons)
    return bool(codes) and codes <= PENDING


def final_rules(terms: RuleTerms) -> list[Rule]:
    """Return the rules that prevent a booking from pending as well as from counting."""
    return [rule for rule in rules_of(terms) if rule.code not in PENDING]


def waiting_rules(terms: RuleTerms) -> list[Rule]:
    """Return the rules that a pending booking waits for."""
    return [rule for rule in rules_of(terms) if rule.code in PENDING]
