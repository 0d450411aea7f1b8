"""Find records of the audit, the newest first, a page at a time, without counting the table.

The time of a page is bounded: a text that no index finds is looked for in so many records, and the
next page goes on from there.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from campaign.models import Terms
from core import action_names, approvals
from core.clock import JAPAN
from core.models import AuditRecord
from entries.models import Entry, Member
from points.disclosing import find_keys
from points.personal_data import LISTED, NUMBERS

PAGE = 50
WINDOW = 20_000  # records that one page looks through for a text
ONE_DAY = timedelta(days=1)
# What a search may be about, by its number. An entry and a member stand for the person: every
# record that names them by one of their numbers is found.
ENTRY, MEMBER, BOOKING, APPROVAL, CASE = "entry", "member", "booking", "approval", "case"
KEYS = {ENTRY: "entries", MEMBER: "members", BOOKING: "bookings"}  # as ``find_keys`` names them
OF_APPROVAL = "approval:"  # before the code of what is approved, in a choice of actions
APPROVAL_ACTIONS = tuple(action_names.OF_CORE[action_names.APPROVALS])
ACTION_LISTED = "member.listed"


@dataclass(frozen=True)
class Search:
    """What is looked for; what is None or empty is not asked for.

    ``since`` and ``until`` are days of Japan, both included; ``subject`` is exact, or the name of a
    campaign; ``text`` is any part of subject, person, detail, or of the name of an action or
    campaign.
    """

    person: str = ""
    since: date | None = None
    until: date | None = None
    action: str = ""
    subject: str = ""
    about: str = ""
    number: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Position:
    """A place in the order of records, the newest first; what follows comes after it."""

    at: datetime
    number: int


@dataclass(frozen=True)
class Page:
    """Some records in order, and where the next page goes on; None at the end.

    ``looked_back_to`` is set where a text was not looked for in all records yet.
    """

    records: list[AuditRecord]
    next: Position | None
    looked_back_to: datetime | None = None


def find_page(search: Search, *, after: Position | None = None, size: int = PAGE) -> Page:
    """Return the records that are found, from a position on."""
    found = follow(in_order(search), after)
    edge = find_edge(found) if search.text else None
    if edge:
        found = found.filter(until_position(edge))
    records = list(with_text(found, search.text)[: size + 1])
    if len(records) > size:
        last = records[size - 1]
        return Page(records[:size], Position(last.at, last.pk))
    return Page(records, edge, edge.at if edge else None)


def find_all(search: Search, *, most: int) -> list[AuditRecord]:
    """Return all records that are found, but at most so many and one more."""
    return list(with_text(in_order(search), search.text)[: most + 1])


def in_order(search: Search) -> QuerySet[AuditRecord]:
    """Return the records by all that an index finds, the newest first."""
    records = AuditRecord.objects.order_by("-at", "-id")
    if search.person:
        records = records.filter(name=search.person)
    if search.since:
        records = records.filter(at__gte=start_of(search.since))
    if search.until:
        records = records.filter(at__lt=start_of(search.until + ONE_DAY))
    if search.action:
        records = records.filter(of_action(search.action))
    if search.subject:
        codes = codes_of_campaigns(name=search.subject)
        records = records.filter(subject__in=[search.subject, *codes])
    if search.about and search.number is not None:
        records = records.filter(about(search.about, search.number))
    return records


def of_action(chosen: str) -> Q:
    """Return the condition that a record is of an action, or of any approval of one."""
    approvable = chosen.removeprefix(OF_APPROVAL)
    return Q(action=chosen) if approvable == chosen else is_approval_of(approvable)


def is_approval_of(code: str) -> Q:
    """Return the condition that a record is of a request for this action, or of its end."""
    return Q(action__in=APPROVAL_ACTIONS, subject__startswith=f"{code} ")


def named(text: str) -> Q:
    """Return the condition that the name of an action, or of what was approved, has a text."""
    condition = Q(action__in=action_names.codes_named(text))
    for code, action in approvals.declared_actions().items():
        if text.lower() in str(action.name).lower():
            condition |= is_approval_of(code)
    return condition


def codes_of_campaigns(*, name: str = "", part: str = "") -> list[str]:
    """Return the codes of the campaigns that have, or had, this name or a name with this part."""
    field = "iexact" if name else "icontains"
    text = name or part
    named = Terms.objects.filter(
        Q(**{f"name_ja__{field}": text}) | Q(**{f"name_en__{field}": text})
    )
    return sorted(set(named.values_list("campaign__code", flat=True)))


def of_campaigns(codes: list[str]) -> Q:
    """Return the condition that a record is about one of these campaigns, or a draw of one."""
    condition = Q(pk__in=[])
    for code in codes:
        condition |= Q(subject=code) | Q(subject__startswith=f"{code}/")
        condition |= Q(action__in=APPROVAL_ACTIONS) & (
            Q(subject__endswith=f" {code}") | Q(subject__contains=f" {code}/")
        )
    return condition


def start_of(day: date) -> datetime:
    """Return the first instant of a day in Japan."""
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN)


def about(kind: str, number: int) -> Q:
    """Return the condition that a record is about this one, looked up or shown in a list."""
    if kind not in KEYS:
        return Q(detail__contains={kind: number})
    wester_id = find_wester_id(kind, number)
    keys = find_keys(wester_id) if wester_id else {KEYS[kind]: [number]}
    condition = Q(detail__contains={"hash": keys["hash"]}) if "hash" in keys else Q(pk__in=[])
    for place, kept in NUMBERS.items():
        for one in keys.get(kept, []):
            condition |= Q(detail__contains={place: one}) | Q(detail__contains={place: [one]})
    for subject, kept in LISTED.items():
        for one in keys.get(kept, []):
            condition |= Q(action=ACTION_LISTED, subject=subject, detail__contains={"rows": [one]})
    return condition


def find_wester_id(kind: str, number: int) -> str | None:
    """Return whose entry or account has this number; None of nobody, or where it is erased."""
    model: Any = {ENTRY: Entry, MEMBER: Member}.get(kind)
    if model is None:
        return None
    found: str | None = model.objects.filter(pk=number).values_list("wester_id", flat=True).first()
    return found


def with_text(records: QuerySet[AuditRecord], text: str) -> QuerySet[AuditRecord]:
    """Return those of the records that have a text in what a person reads of them."""
    if not text:
        return records
    return records.annotate(detail_text=Cast("detail", TextField())).filter(
        Q(subject__icontains=text)
        | Q(name__icontains=text)
        | Q(os_user__icontains=text)
        | Q(host__icontains=text)
        | Q(detail_text__icontains=text)
        | named(text)
        | of_campaigns(codes_of_campaigns(part=text))
    )


def find_edge(records: QuerySet[AuditRecord]) -> Position | None:
    """Return the last of the records that a page looks through; None where it reaches the end."""
    places: Any = records.values_list("at", "id")[WINDOW - 1 : WINDOW]
    return next((Position(at, number) for at, number in places), None)


def follow(records: QuerySet[AuditRecord], after: Position | None) -> QuerySet[AuditRecord]:
    """Return the records that come after a position; the first condition finds it by the index."""
    if after is None:
        return records
    return records.filter(at__lte=after.at).filter(Q(at__lt=after.at) | Q(id__lt=after.number))


def until_position(edge: Position) -> Q:
    """Return the condition that records come before a position, or are at it."""
    return Q(at__gte=edge.at) & (Q(at__gt=edge.at) | Q(id__gte=edge.number))
