"""Feeds as data: the columns of a feed, and what its rows must contain.

``bookings.reading`` reads a feed by its definition only; other apps declare their feeds with the
same classes.

Source: docs/specs/feeds.md 2.1, 2.3, 3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bookings.enumerations import (
    BookingService,
    EventType,
    MemberKind,
    OperatedVia,
    PaymentMethod,
    ProductKind,
    SalesChannel,
    Ticketing,
)
from bookings.values import AMOUNT, DATE, IDENTIFIER, JOURNEY, NUMBER, TIMESTAMP, Kind, choice_of


@dataclass(frozen=True)
class Column:
    """One column; an empty field is null, which a required column refuses."""

    name: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True)
class Case:
    """What some values of one column require of other columns.

    For these values the columns ``given`` must have a value (``missing_value``), and the columns
    ``empty`` none (``unexpected_value``). ``among`` are valid values of the column ``when``, which
    comes before the others; no two cases of a column share a value.
    """

    when: str
    among: tuple[str, ...]
    given: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComputedColumn:
    """A column that is computed from all fields of the row.

    ``compute`` gets the unquoted fields in order, in UTF-8, an empty one as ``b""``, and returns
    the value in COPY's text format.
    """

    name: str
    compute: Callable[[Sequence[bytes]], bytes]


@dataclass(frozen=True)
class FeedDefinition:
    """One version of a feed: its name, its columns in order, and the rules between columns.

    ``later`` are the versions after the first, which has them. With ``totals`` the manifest has
    ``total_points`` as well: the sum of one of these, each an SQL expression of a row's columns.
    """

    name: str
    columns: tuple[Column, ...]
    cases: tuple[Case, ...] = ()
    computed: tuple[ComputedColumn, ...] = ()
    totals: tuple[str, ...] = ()
    version: int = 1
    later: tuple["FeedDefinition", ...] = ()

    @property
    def versions(self) -> tuple["FeedDefinition", ...]:
        """Return the first version and the later ones, in order."""
        return (self, *self.later)

    @property
    def header(self) -> tuple[str, ...]:
        """Return the column names of the header row."""
        return tuple(column.name for column in self.columns)

    @property
    def copy_columns(self) -> tuple[str, ...]:
        """Return the column names of a COPY row after the record number."""
        return (*self.header, *(column.name for column in self.computed))


def join_row(fields: Sequence[bytes]) -> bytes:
    """Return the fields joined by 0x1F as a ``bytea`` in COPY text, which decides ties."""
    return rb"\\x" + b"\x1f".join(fields).hex().encode("ascii")


BOOKINGS_2 = FeedDefinition(
    name="bookings",
    version=2,
    columns=(
        Column("event_id", IDENTIFIER),
        Column(
            "event_type",
            choice_of(*EventType.values),
        ),
        Column("occurred_at", TIMESTAMP),
        Column("operated_via", choice_of(*OperatedVia.values)),
        Column("booking_service", choice_of(*BookingService.values)),
        Column("reservation_no", IDENTIFIER),
        Column("item_no", NUMBER),
        Column("wester_id", IDENTIFIER, required=False),
        Column("ex_member_no", IDENTIFIER, required=False),
        Column("booked_at", TIMESTAMP),
        Column("travel_date", DATE),
        Column("journey", JOURNEY),
        Column("sales_channel", choice_of(*SalesChannel.values)),
        Column("product_kind", choice_of(*ProductKind.values)),
        Column("ticketing", choice_of(*Ticketing.values)),
        Column(
            "payment_method",
            choice_of(*PaymentMethod.values),
        ),
        Column("amount_yen", AMOUNT),
    ),
    cases=(
        Case("booking_service", among=(BookingService.E5489.value,), empty=("ex_member_no",)),
        Case(
            "booking_service",
            among=(BookingService.EX_YOYAKU.value, BookingService.SMART_EX.value),
            given=("ex_member_no",),
            empty=("wester_id",),
        ),
    ),
)
BOOKINGS = replace(
    BOOKINGS_2,
    version=1,
    columns=tuple(column for column in BOOKINGS_2.columns if column.name != "ticketing"),
    later=(BOOKINGS_2,),
)

EX_REGISTRATIONS = FeedDefinition(
    name="ex_registrations",
    columns=(
        Column("ex_member_no", IDENTIFIER),
        Column(
            "member_kind",
            choice_of(*MemberKind.values),
        ),
        Column("wester_id", IDENTIFIER),
        Column("points_registered_at", TIMESTAMP, required=False),
        Column("updated_at", TIMESTAMP),
    ),
    computed=(ComputedColumn("row_text", join_row),),
)
