"""Rows as hypothesis makes them: few names, so that they meet, and many ways to write them."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from tests.bookings.contract_model import OPERATORS, UNRESOLVED
from tests.feedfiles import booking_row_2, registration_row

START = datetime(2024, 12, 31, 15, tzinfo=UTC)  # midnight in Japan
ZONES = [timezone(timedelta(hours=9)), UTC, timezone(-timedelta(hours=15, minutes=59))]


def instants() -> st.SearchStrategy[str]:
    """Few instants, each in several spellings."""
    return st.builds(
        written,
        st.sampled_from([-1, 0, 0.000001, 0.5, 86400]).map(lambda s: START + timedelta(seconds=s)),
        st.sampled_from(ZONES),
        st.booleans(),
    )


def written(instant: datetime, zone: timezone, zulu: bool) -> str:
    text = instant.astimezone(UTC if zulu else zone).isoformat()
    return text.replace("+00:00", "Z") if zulu else text


def events(*, conflicts: bool) -> st.SearchStrategy[dict[str, str]]:
    """Rows of ``bookings``, version 2; without conflicts a key has one content."""
    identifiers = st.sampled_from(["E1", "E10", "e1", "E-1", "E_1"])
    if not conflicts:
        identifiers = st.from_regex(r"[A-Ba_-]{3}", fullmatch=True)
    holders = st.sampled_from(
        [
            {"booking_service": "e5489", "wester_id": "W1", "ex_member_no": ""},
            {"booking_service": "e5489", "wester_id": "W2", "ex_member_no": ""},
            {"booking_service": "e5489", "wester_id": "", "ex_member_no": ""},
            {"booking_service": "smart_ex", "wester_id": "", "ex_member_no": "X1"},
            {"booking_service": "ex_yoyaku", "wester_id": "", "ex_member_no": "X2"},
        ]
    )
    return st.builds(
        lambda holder, **values: {
            name: str(value) for name, value in booking_row_2(**values, **holder).items()
        },
        holders,
        event_id=identifiers,
        event_type=st.sampled_from(
            ["booked", "changed", "cancelled", "refunded", "stopover", "used"]
        ),
        occurred_at=instants(),
        booked_at=instants(),
        operated_via=st.sampled_from(["web", "phone"]),
        reservation_no=st.sampled_from(["R1", "r1"]),
        item_no=st.sampled_from(["1", "12"]),
        journey=st.sampled_from([*OPERATORS, *UNRESOLVED] if conflicts else list(OPERATORS)),
        amount_yen=st.sampled_from(["0", "9999999"]),
        ticketing=st.sampled_from(["ticketless", "paper"]),
    )


# Ways in which two rows of one event differ least, a value against none among them.
SMALL_CHANGES = [
    {},
    {"wester_id": ""},
    {"wester_id": "W1"},
    {"booked_at": START.isoformat()},
    {"amount_yen": "1"},
    {"ticketing": "ticketless"},
    {"ticketing": "paper"},
]


def in_version(version: int, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of version 2 as this version has them."""
    if version == 2:
        return rows
    return [{name: row[name] for name in row if name != "ticketing"} for row in rows]


@st.composite
def with_near_copies(
    draw: st.DrawFn, rows: st.SearchStrategy[list[dict[str, str]]]
) -> list[dict[str, str]]:
    """Return rows, and some of them again anywhere, the same or all but the same."""
    found = list(draw(rows))
    for row in draw(st.lists(st.sampled_from(found), max_size=2)) if found else []:
        change = draw(st.sampled_from(SMALL_CHANGES))
        if "wester_id" in change and row["booking_service"] != "e5489":
            change = {}
        found.insert(draw(st.integers(0, len(found))), row | change)
    return found


def registrations() -> st.SearchStrategy[dict[str, str]]:
    """Rows of ``ex_registrations``."""
    return st.builds(
        lambda **values: {n: str(v) for n, v in registration_row(**values).items()},
        ex_member_no=st.sampled_from(["X1", "x1"]),
        member_kind=st.sampled_from(["smart_ex", "corporate"]),
        wester_id=st.sampled_from(["W1", "W2"]),
        points_registered_at=st.one_of(st.just(""), instants()),
        updated_at=instants(),
    )
