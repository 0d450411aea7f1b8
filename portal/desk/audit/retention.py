"""What is kept until when, and what was purged or erased: when, by whom, and how many rows.

The table says for people what docs/retention.md says; whom an erasure was about stands nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

from campaign.queries import terms_in_force
from core.models import Approval
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS
from points.models import Erasure, Purge
from portal import formats
from portal.announcement import name_of
from portal.desk.audit.words import name_of_draw, name_of_table

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Kept:
    """Some tables: what they hold, and until when; in words."""

    what: "StrPromise"
    until: "StrPromise"
    tables: tuple[str, ...]


@dataclass(frozen=True)
class CampaignKept:
    """Until when the data of a campaign is kept, and when it was purged last."""

    name: str
    code: str
    kept_until: date
    is_over: bool
    purged_at: datetime | None


@dataclass(frozen=True)
class Removed:
    """A purge or an erasure: of what, its approval, when it was carried out, and the rows."""

    what: str
    approval: Approval | None
    done_at: datetime | None
    rows: list[tuple[str, str]]


UNTIL_PURGE = gettext_lazy("The deletion of their campaign's data, after the last day kept")
UNTIL_ERASURE = gettext_lazy(
    "The erasure of the member: they say what holds now, for all campaigns"
)
FOR_GOOD = gettext_lazy("For good")
KEPT = (
    Kept(
        pgettext_lazy("kept", "Bookings and what happened to them"),
        gettext_lazy(
            "The deletion of the last campaign's data in whose travel periods they lie; of other "
            "days, the next deletion"
        ),
        ("bookings_booking", "bookings_bookingevent", "bookings_eventticketing"),
    ),
    Kept(
        pgettext_lazy("kept", "Delivered rows that could not be read"),
        gettext_lazy("The deletion of the campaign's data during which they came"),
        ("bookings_quarantinedrow",),
    ),
    Kept(
        pgettext_lazy("kept", "What staff answered members, with their notes"),
        gettext_lazy("The deletion of the campaign's data during which they were answered"),
        ("entries_membercase", "entries_casenote"),
    ),
    Kept(
        pgettext_lazy("kept", "Entries and totals"),
        UNTIL_PURGE,
        (
            "entries_entry",
            "entries_entryrow",
            "entries_coursemember",
            "campaign_total",
            "campaign_duemember",
        ),
    ),
    Kept(
        pgettext_lazy("kept", "EX registrations and memberships"),
        UNTIL_ERASURE,
        (
            "bookings_exregistration",
            "bookings_registrationrow",
            "entries_membership",
            "entries_membershiprow",
        ),
    ),
    Kept(
        pgettext_lazy("kept", "Notes of what is to be computed"),
        gettext_lazy("The next nightly run"),
        ("bookings_membermark", "campaign_aggregationshard"),
    ),
    Kept(
        pgettext_lazy("kept", "Accounts of members"),
        gettext_lazy("The erasure of the member"),
        ("entries_member", "core_user"),
    ),
    Kept(
        pgettext_lazy("kept", "Sign-ins that are under way"),
        gettext_lazy("Twelve hours"),
        ("django_session",),
    ),
    Kept(
        pgettext_lazy("kept", "Lists and results of draws"),
        gettext_lazy("For good, so that a draw can be verified; the keys until they are erased"),
        ("lottery_draw", "lottery_entrant", "lottery_award"),
    ),
    Kept(
        pgettext_lazy("kept", "Points, credits and their settlement"),
        gettext_lazy("For good: they are the books"),
        (
            "points_account",
            "points_transfer",
            "points_payout",
            "points_creditfile",
            "points_creditanswer",
            "points_resolution",
            "points_reversal",
        ),
    ),
    Kept(
        pgettext_lazy("kept", "Who looked at which member"),
        gettext_lazy("The deletion of the campaign's data; the seal keeps each record's hash"),
        ("core_auditrecord",),
    ),
    Kept(
        pgettext_lazy("kept", "Approvals, and all other records of the audit"),
        gettext_lazy("For good; they name members by numbers of rows only"),
        ("core_approval", "core_auditrecord"),
    ),
    Kept(
        pgettext_lazy("kept", "Erasures and deletions"),
        gettext_lazy("For good: the case, when it was, and how many rows"),
        ("points_erasure", "points_purge", "bookings_erasedidentifier"),
    ),
)


def list_campaigns(*, today: date) -> list[CampaignKept]:
    """Return until when the data of each published campaign is kept, the latest first."""
    purged = dict(
        Purge.objects.filter(purged_at__isnull=False)
        .order_by("purged_at")
        .values_list("campaign_id", "purged_at")
    )
    return [
        CampaignKept(
            name=name_of(terms),
            code=terms.campaign.code,
            kept_until=terms.kept_until,
            is_over=today > terms.kept_until,
            purged_at=purged.get(terms.campaign_id),
        )
        for terms in terms_in_force().order_by("-kept_until", "-id")
    ]


def list_purges() -> list[Removed]:
    """Return the purges of campaigns, the latest first."""
    purges = Purge.objects.select_related("campaign", "approval").order_by("-id")
    names = {terms.campaign_id: name_of(terms) for terms in terms_in_force()}
    return [
        Removed(
            what=names.get(one.campaign_id, one.campaign.code),
            approval=one.approval,
            done_at=one.purged_at,
            rows=rows_in_words(one.tables),
        )
        for one in purges
    ]


def list_erasures() -> list[Removed]:
    """Return the erasures of members by their cases, the latest first; not whom."""
    erasures = Erasure.objects.select_related("approval").defer("wester_id", "hash", "reason")
    return [
        Removed(
            what=str(one.pk),
            approval=one.approval,
            done_at=one.erased_at,
            rows=rows_in_words(one.tables),
        )
        for one in erasures.order_by("-id")
    ]


def list_forgotten_keys() -> list[tuple[str, Draw]]:
    """Return the draws whose keys were erased, by name, the latest first."""
    draws = Draw.objects.filter(forgotten_at__isnull=False)
    draws = draws.select_related("campaign", "terms", "forgotten_by")
    found = draws.defer(*LARGE_COLUMNS, "terms__texts").order_by("-forgotten_at", "-id")
    return [(name_of_draw(draw), draw) for draw in found]


def rows_in_words(tables: Mapping[str, int] | None) -> list[tuple[str, str]]:
    """Return the name of each table with the number of its rows."""
    counts = (tables or {}).items()
    return [(name_of_table(table), formats.grouped(rows)) for table, rows in counts if rows]
