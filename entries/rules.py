"""The rules that keep a member out of the draw, evaluated in Postgres.

The conditions use columns of a row: ``takes_part`` and ``is_elsewhere`` (entries.participation),
``counting_total`` (yen) and ``has_left``. Source: docs/specs/eligibility.md 3.4;
docs/specs/campaigns.md 6; reasons are shown in their order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Protocol

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class MemberTerms(Protocol):
    """The terms that the rules depend on."""

    minimum_total_yen: int


@dataclass(frozen=True)
class MemberRule:
    """A condition that keeps a member out of the draw; see ``campaign.rules.Rule``."""

    code: str
    clause: str
    sentence: "StrPromise"
    rejects: Callable[[MemberTerms], Q]


def _not_entered(_terms: MemberTerms) -> Q:
    return Q(takes_part=False)


def _entered_elsewhere(_terms: MemberTerms) -> Q:
    return Q(is_elsewhere=True)


def _below_minimum(terms: MemberTerms) -> Q:
    return Q(counting_total__lt=terms.minimum_total_yen)


def _withdrawn(_terms: MemberTerms) -> Q:
    return Q(has_left=True)


@dataclass(frozen=True)
class FrozenOut:
    """Why a member is not on the frozen list though no rule applies any more."""

    code: str
    sentence: "StrPromise"


KNOWN_TOO_LATE = FrozenOut(
    "known_too_late",
    _(
        "Not in the draw, because the entry or the rides were not known when the list of "
        "entrants was fixed."
    ),
)
MEMBER_RULES = (
    MemberRule(
        "not_entered",
        "専用ページからエントリー(WESTER IDでのログインが必要)を行い",
        _("Not in the draw, because there is no entry."),
        _not_entered,
    ),
    MemberRule(
        "entered_elsewhere",
        "同じシリーズでは、いずれか1コースのみご参加いただけます。",
        _("Not in this draw, because the entry to another course of the series came first."),
        _entered_elsewhere,
    ),
    MemberRule(
        "below_minimum",
        "期間中総額5,000円以上をご予約のうえ、ご利用いただいたお客様",
        _("Not in the draw, because the eligible total is below %(minimum)s yen."),
        _below_minimum,
    ),
    MemberRule(
        "withdrawn",
        "ポイント還元時にWESTER会員を退会された場合は、ポイント還元の対象外となります。",
        _("No points are given, because the WESTER membership has ended."),
        _withdrawn,
    ),
)


def any_keeps_out(terms: MemberTerms) -> Q:
    """Return the condition that at least one rule keeps the member out of the draw."""
    return reduce(or_, (rule.rejects(terms) for rule in MEMBER_RULES))
