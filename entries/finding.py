"""Find the member whom staff mean by an identifier that they type.

Four identifiers name a member: the WESTER ID, the receipt number of an entry, the number of a
reservation, and the member number of the EX service. What is stored exactly so comes first. An
identifier is case-sensitive and may contain hyphens, so of others a person chooses: among those
that differ only in how they are typed.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.db.models import Manager, QuerySet
from django.utils.translation import pgettext_lazy
from psycopg import sql

from bookings.enumerations import BookingService
from bookings.models import Booking, ExRegistration
from campaign.eligibility import MEMBER
from core.sql_files import compose_sql
from entries.models import Entry, Member, Membership
from entries.receipts import entry_of_receipt, receipt_number

# Entered, signed in, left or came back, booked, registered an EX membership.
SOURCES: tuple[Manager[Any], ...] = (
    Entry.objects,
    Member.objects,
    Membership.objects,
    Booking.objects,
    ExRegistration.objects,
)
LONG_VOWEL = "ー"  # what a Japanese keyboard types for a hyphen; Unicode calls it a letter
MAX_TYPED_LENGTH = 100  # an identifier has at most 40 characters; people type spaces between them
MAX_SIMILAR = 10  # of each column
MAX_BOOKINGS = 100  # of the reservations and EX numbers that are meant


class Kind(models.TextChoices):
    """What a typed identifier is."""

    WESTER_ID = "wester_id", pgettext_lazy("identifier of a member", "WESTER ID")
    RECEIPT = "receipt", pgettext_lazy("identifier of a member", "Receipt number")
    RESERVATION = "reservation", pgettext_lazy("identifier of a member", "Reservation number")
    EX_MEMBER = "ex_member", pgettext_lazy("identifier of a member", "EX member number")


LEAST = sql.SQL(
    "(SELECT {column} FROM {table} WHERE {column} >= longer.prefix ORDER BY {column} LIMIT 1)"
)
# Its index begins with the campaign, of which there are few.
LEAST_OF_ENTRIES = sql.SQL(
    "(SELECT min(first.wester_id) FROM campaign_campaign CROSS JOIN LATERAL ("
    "SELECT wester_id FROM entries_entry WHERE campaign_id = campaign_campaign.id"
    " AND wester_id >= longer.prefix ORDER BY wester_id LIMIT 1) AS first)"
)
# The columns with an identifier of each kind; receipts are computed.
COLUMNS: tuple[tuple[Kind, type[models.Model], str], ...] = (
    (Kind.WESTER_ID, Entry, "wester_id"),
    (Kind.WESTER_ID, Member, "wester_id"),
    (Kind.WESTER_ID, Membership, "wester_id"),
    (Kind.WESTER_ID, Booking, "wester_id"),
    (Kind.WESTER_ID, ExRegistration, "wester_id"),
    (Kind.RESERVATION, Booking, "reservation_no"),
    (Kind.EX_MEMBER, ExRegistration, "ex_member_no"),
    (Kind.EX_MEMBER, Booking, "ex_member_no"),
)


@dataclass(frozen=True)
class Match:
    """A stored identifier, and the member whom it means.

    ``wester_id`` is None where its bookings belong to no member; ``bookings`` are their keys.
    ``campaign`` is the code of a receipt's campaign.
    """

    kind: Kind
    value: str
    wester_id: str | None
    bookings: list[int] = field(default_factory=list)
    service: str = ""
    campaign: str = ""

    @property
    def service_name(self) -> str:
        """The name of the booking service; empty where it is none."""
        return str(BookingService(self.service).label) if self.service else ""


def is_known(wester_id: str) -> bool:
    """Return whether any table contains exactly this WESTER ID. Uses the tables' indexes."""
    return known_wester_ids([wester_id]).exists()


def find_candidates(text: str) -> list[str]:
    """Return the known WESTER IDs that a text may mean, sorted as bytes."""
    return find_similar_values(text, kinds={Kind.WESTER_ID})[Kind.WESTER_ID]


def find_exactly(text: str) -> list[Match]:
    """Return what is stored under exactly this identifier, of any kind."""
    entry = entry_of_receipt(text)
    is_receipt = entry is not None and receipt_number(entry) == text
    return find_owners(
        {
            Kind.WESTER_ID: [text],
            Kind.RECEIPT: [text] if is_receipt else [],
            Kind.RESERVATION: [text],
            Kind.EX_MEMBER: [text],
        }
    )


def find_similar(text: str) -> list[Match]:
    """Return what is stored under identifiers that differ from a text only in how it is typed."""
    values = find_similar_values(text, kinds=set(Kind))
    entry = entry_of_receipt(fold_text(text))
    return find_owners(values | {Kind.RECEIPT: [] if entry is None else [receipt_number(entry)]})


def find_similar_values(text: str, *, kinds: set[Kind]) -> dict[Kind, list[str]]:
    """Return the stored identifiers of these kinds that a text may mean, sorted as bytes."""
    folded = fold_text(text)
    found: dict[Kind, set[str]] = {kind: set() for kind in kinds}
    if folded:
        parts = [compose_column(*column) for column in COLUMNS if column[0] in kinds]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ").join(parts), {"folded": folded, "most": MAX_SIMILAR})
            for kind, value in cursor.fetchall():
                found[Kind(kind)].add(value)
    return {kind: sorted(values) for kind, values in found.items()}


def compose_column(kind: Kind, model: type[models.Model], column: str) -> sql.Composed:
    """Return the query of one column's identifiers that are similar to a text."""
    least = LEAST.format(column=sql.Identifier(column), table=sql.Identifier(model._meta.db_table))
    return compose_sql(
        "entries",
        "find_similar",
        kind=sql.Literal(str(kind)),
        least=LEAST_OF_ENTRIES if model is Entry else least,
    )


def find_owners(values: Mapping[Kind, list[str]]) -> list[Match]:
    """Return a match for each of these identifiers that is stored; four queries at most.

    The same number may belong to several members: in two booking services, or of two kinds.
    """
    return [
        *match_wester_ids(values[Kind.WESTER_ID]),
        *match_receipts(values[Kind.RECEIPT]),
        *match_bookings(Kind.RESERVATION, "reservation_no", values[Kind.RESERVATION]),
        *match_ex_numbers(values[Kind.EX_MEMBER]),
    ]


def match_wester_ids(texts: list[str]) -> list[Match]:
    """Return a match for each known WESTER ID."""
    known = sorted(known_wester_ids(texts)) if texts else []
    return [Match(Kind.WESTER_ID, wester_id, wester_id) for wester_id in known]


def match_receipts(texts: list[str]) -> list[Match]:
    """Return a match for each receipt number of an entry."""
    keys = [key for text in texts if (key := entry_of_receipt(text)) is not None]
    entries = Entry.objects.filter(pk__in=keys).select_related("campaign") if keys else []
    return [
        Match(Kind.RECEIPT, receipt_number(entry.pk), entry.wester_id, campaign=entry.campaign.code)
        for entry in entries
    ]


def match_bookings(kind: Kind, column: str, texts: list[str]) -> list[Match]:
    """Return a match for each number, service and member of the bookings that have the number."""
    found: dict[tuple[str, str, str | None], list[int]] = defaultdict(list)
    for pk, number, service, member in bookings_by(column, texts):
        found[number, service, member].append(pk)
    return [
        Match(kind, number, member, bookings, service)
        for (number, service, member), bookings in found.items()
    ]


def bookings_by(column: str, texts: list[str]) -> Iterable[tuple[int, str, str, str | None]]:
    """Return key, number, service and member of the bookings that have one of these numbers."""
    if not texts:
        return []
    found = Booking.objects.filter(**{f"{column}__in": texts}).annotate(member=MEMBER)
    ordered = found.order_by(column, "booking_service", "item_no")
    return ordered.values_list("pk", column, "booking_service", "member")[:MAX_BOOKINGS]


def match_ex_numbers(texts: list[str]) -> list[Match]:
    """Return a match for each EX member number: its registration, else its bookings."""
    if not texts:
        return []
    registered = dict(
        ExRegistration.objects.filter(pk__in=texts).values_list("ex_member_no", "wester_id")
    )
    unlinked = [text for text in texts if text not in registered]
    return [
        *(Match(Kind.EX_MEMBER, number, member) for number, member in sorted(registered.items())),
        *match_bookings(Kind.EX_MEMBER, "ex_member_no", unlinked),
    ]


def known_wester_ids(texts: list[str]) -> QuerySet[Any, Any]:
    """Return those of these WESTER IDs that some table contains, each once."""
    first, *others = (
        source.filter(wester_id__in=texts).values_list("wester_id", flat=True) for source in SOURCES
    )
    return first.union(*others)


def fold_text(text: str) -> str:
    """Return a text's letters and digits in one case; empty where some are not ASCII."""
    plain = unicodedata.normalize("NFKC", text).upper()
    folded = "".join(one for one in plain if one.isalnum() and one != LONG_VOWEL)
    return folded if folded.isascii() else ""
