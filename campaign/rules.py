"""Where a booking comes to count: one object for each rule, stated only here.

The nightly total, a member's explanation, staff filters and the counts per reason are all made
from these objects and evaluated in Postgres.

Source: docs/specs/eligibility.md 2.1; their order is the order in which reasons are shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Protocol

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

E5489 = Q(booking_service="e5489")
EX = Q(ex_member_no__isnull=False)
LINKED = EX & Q(registration__wester_id__isnull=False)


class RuleTerms(Protocol):
    """The terms that the rules depend on."""

    operator: str
    travel_first: date
    travel_last: date
    kinds_excluded: list[str]
    kinds_registered: list[str]
    kinds_free: list[str]


@dataclass(frozen=True)
class Rule:
    """A condition that rejects a booking.

    ``clause`` is the sentence of the announced terms that it comes from, ``sentence`` what the
    member reads; ``rejects`` makes the condition on a booking from the campaign's terms. The
    condition is true or false for every booking, never null. A booking only waits for what
    ``unconfirmed`` says: the sentence once it waits no more, from the crediting on.
    """

    code: str
    clause: str
    sentence: "StrPromise"
    rejects: Callable[[RuleTerms], Q]
    unconfirmed: "StrPromise | None" = None


def _no_wester_login(_terms: RuleTerms) -> Q:
    return E5489 & Q(wester_id__isnull=True)


def _unlinked_ex_member(_terms: RuleTerms) -> Q:
    return EX & Q(registration__wester_id__isnull=True)


def _excluded_member_kind(terms: RuleTerms) -> Q:
    return LINKED & Q(registration__member_kind__in=terms.kinds_excluded)


def _member_kind_unclear(terms: RuleTerms) -> Q:
    listed = [*terms.kinds_excluded, *terms.kinds_registered, *terms.kinds_free]
    return LINKED & ~Q(registration__member_kind__in=listed)


def _points_registration_missing(terms: RuleTerms) -> Q:
    too_late = Q(registration__points_registered_at__isnull=True) | Q(
        registration__points_registered_at__gte=F("booked_at")
    )
    return LINKED & Q(registration__member_kind__in=terms.kinds_registered) & too_late


def _counter_or_agency(_terms: RuleTerms) -> Q:
    return Q(sales_channel__in=["counter", "agency"])


def _payment_method(_terms: RuleTerms) -> Q:
    return E5489 & ~Q(payment_method="registered_card")


def _fare_only(_terms: RuleTerms) -> Q:
    return Q(product_kind="fare_only")


def _rail_points_product(_terms: RuleTerms) -> Q:
    return Q(product_kind="rail_points")


def _outside_jr_west(terms: RuleTerms) -> Q:
    return ~Q(operators__contains=[terms.operator])


def _outside_travel_period(terms: RuleTerms) -> Q:
    return Q(travel_date__lt=terms.travel_first) | Q(travel_date__gt=terms.travel_last)


def _flag(name: str, *, is_set: bool = True) -> Callable[[RuleTerms], Q]:
    return lambda _terms: Q(**{name: is_set})


RULES = (
    Rule(
        "no_wester_login",
        "「e5489」ご利用の方は、WESTER IDでログインしてご予約ください。",
        _("Not eligible, because it was booked without signing in with a WESTER ID."),
        _no_wester_login,
    ),
    Rule(
        "unlinked_ex_member",
        "ご予約前に「EXサービスポイント付与登録」が必要です。",
        _("Not eligible, because the EX member number is not linked to a WESTER ID."),
        _unlinked_ex_member,
    ),
    Rule(
        "excluded_member_kind",
        "スマートEX海外向けサービス会員、エクスプレス予約の一部法人モデル会員等、一部会員を除きます。",
        _("Not eligible, because overseas, corporate and some other memberships are excluded."),
        _excluded_member_kind,
    ),
    Rule(
        "member_kind_unclear",
        "スマートEX海外向けサービス会員、エクスプレス予約の一部法人モデル会員等、一部会員を除きます。",
        _("We are checking the kind of membership."),
        _member_kind_unclear,
        unconfirmed=_("Not eligible, because the kind of membership could not be confirmed."),
    ),
    Rule(
        "points_registration_missing",
        "ご予約前に「EXサービスポイント付与登録」が必要です。",
        _("Not eligible, because there was no EX service points registration before the booking."),
        _points_registration_missing,
    ),
    Rule(
        "counter_or_agency",
        "駅のみどりの窓口や旅行会社等で…ご予約・ご購入されたきっぷは対象外です。",
        _("Not eligible, because it was booked or bought at a ticket office or a travel agency."),
        _counter_or_agency,
    ),
    Rule(
        "payment_method",
        "「e5489」は、予約操作時に登録されているクレジットカードでの決済が必要です。",
        _("Not eligible, because it was not paid with the credit card registered when booking."),
        _payment_method,
    ),
    Rule(
        "fare_only",
        "一部でもJR西日本区間を含む特急・新幹線等の予約",
        _("Not eligible, because it holds no limited express or Shinkansen ticket."),
        _fare_only,
    ),
    Rule(
        "rail_points_product",
        "「鉄道ポイント利用商品」は対象外です。",
        _("Not eligible, because it is a product paid with railway points."),
        _rail_points_product,
    ),
    Rule(
        "outside_jr_west",
        "JR西日本以外の区間で完結する行程での予約は対象外",
        _("Not eligible, because no section of the journey is run by %(operator)s."),
        _outside_jr_west,
    ),
    Rule(
        "outside_travel_period",
        "対象乗車期間のご利用額を合計した額を還元します。",
        _("Not eligible, because it was not for travel from %(travel_first)s to %(travel_last)s."),
        _outside_travel_period,
    ),
    Rule(
        "cancelled",
        "取り消し・払いもどし・途中下車の場合は対象外となります。",
        _("Not eligible, because it was cancelled."),
        _flag("cancelled"),
    ),
    Rule(
        "refunded",
        "取り消し・払いもどし・途中下車の場合は対象外となります。",
        _("Not eligible, because it was refunded."),
        _flag("refunded"),
    ),
    Rule(
        "stopover",
        "取り消し・払いもどし・途中下車の場合は対象外となります。",
        _("Not eligible, because the journey was broken on the way."),
        _flag("stopover"),
    ),
    Rule(
        "changed_by_phone",
        "「e5489」を電話で変更された場合は対象外となります。",
        _("Not eligible, because it was changed by telephone."),
        _flag("changed_by_phone"),
    ),
    Rule(
        "not_used",
        "期間中総額5,000円以上をご予約のうえ、ご利用いただいたお客様。",
        _("We are waiting for word that the journey was made."),
        _flag("used", is_set=False),
        unconfirmed=_("Not eligible, because it could not be confirmed that the journey was made."),
    ),
)
RULE_CODES = tuple(rule.code for rule in RULES)
PENDING = frozenset(rule.code for rule in RULES if rule.unconfirmed is not None)


def any_rejects(terms: RuleTerms, rules: Iterable[Rule] = RULES) -> Q:
    """Return the condition that at least one of the rules rejects a booking."""
    return reduce(or_, (rule.rejects(terms) for rule in rules))


def is_pending(reasons: Iterable[str]) -> bool:
    """Return whether a booking with these reasons only waits: for the ride, or for its kind."""
    codes = set(reasons)
    return bool(codes) and codes <= PENDING


def final_rules() -> list[Rule]:
    """Return the rules that prevent a booking from pending as well as from counting."""
    return [rule for rule in RULES if rule.code not in PENDING]


def waiting_rules() -> list[Rule]:
    """Return the rules that a pending booking waits for."""
    return [rule for rule in RULES if rule.code in PENDING]
