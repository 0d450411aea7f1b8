"""Feeds as data: which columns a feed has and what its rows have to hold.

A feed is read by ``bookings.reading`` from its definition alone; another app declares its own
feeds with the same words.

Source: docs/specs/feeds.md 2.1, 3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bookings.values import AMOUNT, DATE, IDENTIFIER, JOURNEY, NUMBER, TIMESTAMP, Kind, choice_of


@dataclass(frozen=True)
class Column:
    """One column; an empty field is null, which a required column must not be."""

    name: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True)
class Case:
    """What the values of one column ask of others; no two cases of a column share a value.

    ``given`` are not to be empty then (``missing_value``), ``empty`` are (``unexpected_value``).
    The values are right ones of the column ``when``, which stands to the left of the others.
    """

    when: str
    among: tuple[str, ...]
    given: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComputedColumn:
    """A column that is no field of the row but made of all of them.

    ``compute`` takes the fields in order, unquoted, in UTF-8, an empty one as ``b""``, and returns
    the value as COPY's text format writes it.
    """

    name: str
    compute: Callable[[Sequence[bytes]], bytes]


@dataclass(frozen=True)
class FeedDefinition:
    """One feed: what its files are called after, its columns in order, and what ties them.

    Where there are ``totals`` the manifest has ``total_points`` as well: the sum of one of these,
    each an SQL expression of a row's columns.
    """

    name: str
    columns: tuple[Column, ...]
    cases: tuple[Case, ...] = ()
    computed: tuple[ComputedColumn, ...] = ()
    totals: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """Return the names that the header row holds."""
        return tuple(column.name for column in self.columns)

    @property
    def copy_columns(self) -> tuple[str, ...]:
        """Return the names of what stands in a COPY row after the record number."""
        return (*self.header, *(column.name for column in self.computed))


def join_row(fields: Sequence[bytes]) -> bytes:
    """Return the fields joined by 0x1F as a ``bytea`` in COPY text; it decides ties."""
    return rb"\\x" + b"\x1f".join(fields).hex().encode("ascii")


BOOKINGS = FeedDefinition(
    name="bookings",
    columns=(
        Column("event_id", IDENTIFIER),
        Column(
            "event_type",
            choice_of("booked", "used", "changed", "cancelled", "refunded", "stopover"),
        ),
        Column("occurred_at", TIMESTAMP),
        Column("operated_via", choice_of("web", "app", "phone", "counter", "gate", "system")),
        Column("booking_service", choice_of("e5489", "ex_yoyaku", "smart_ex")),
        Column("reservation_no", IDENTIFIER),
        Column("item_no", NUMBER),
        Column("wester_id", IDENTIFIER, required=False),
        Column("ex_member_no", IDENTIFIER, required=False),
        Column("booked_at", TIMESTAMP),
        Column("travel_date", DATE),
        Column("journey", JOURNEY),
        Column("sales_channel", choice_of("web", "app", "counter", "agency")),
        Column("product_kind", choice_of("standard", "discount", "rail_points", "fare_only")),
        Column(
            "payment_method",
            choice_of(
                "registered_card", "other_card", "convenience_store", "bank", "station", "points"
            ),
        ),
        Column("amount_yen", AMOUNT),
    ),
    cases=(
        Case("booking_service", among=("e5489",), empty=("ex_member_no",)),
        Case(
            "booking_service",
            among=("ex_yoyaku", "smart_ex"),
            given=("ex_member_no",),
            empty=("wester_id",),
        ),
    ),
)

EX_REGISTRATIONS = FeedDefinition(
    name="ex_registrations",
    columns=(
        Column("ex_member_no", IDENTIFIER),
        Column(
            "member_kind",
            choice_of(
                "smart_ex",
                "j_west_card_express",
                "jr_central_express_card",
                "jq_card_express",
                "smart_ex_overseas",
                "corporate",
                "plus_ex",
                "view_express_card",
            ),
        ),
        Column("wester_id", IDENTIFIER),
        Column("points_registered_at", TIMESTAMP, required=False),
        Column("updated_at", TIMESTAMP),
    ),
    computed=(ComputedColumn("row_text", join_row),),
)
