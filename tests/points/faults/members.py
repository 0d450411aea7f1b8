"""Members of every kind that a payout knows, the files they come from, what each should get.

A member's WESTER ID begins with its kind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from entries.definitions import ENTRIES, MEMBERSHIPS
from tests.feedfiles import Row, booking_row, write_feed_file
from tests.points.faults.invariants import Outcome, Won

CODE = "012025121203"
CAP, MINIMUM = 20_000, 5_000
FIXED, SPENT = 1, 2  # the prizes
FIXED_POINTS = 100
GAINED = 9  # the place of a booking that was made known late


@dataclass(frozen=True)
class Kind:
    """Bookings at the freeze (yen); what is lost and gained after it; whether the member leaves."""

    bookings: tuple[int, ...]
    lost: tuple[int, ...] = ()
    gained: int = 0
    leaves: bool = False

    @property
    def total(self) -> int:
        return sum(self.bookings)

    @property
    def total_later(self) -> int:
        return self.total - sum(self.bookings[place] for place in self.lost) + self.gained


KINDS = {
    "plain": Kind((7_410,)),
    "least": Kind((MINIMUM,)),
    "capped": Kind((9_000, 16_000)),
    "lowered": Kind((6_200, 4_100), lost=(1,)),
    "stillcapped": Kind((21_000, 5_000), lost=(1,)),
    "edge": Kind((MINIMUM, 3_000), lost=(1,)),
    "below": Kind((4_999, 3_000), lost=(1,)),
    "nothing": Kind((8_000,), lost=(0,)),
    "gained": Kind((6_000,), gained=3_000),
    "left": Kind((7_000,), leaves=True),
    "leftandlow": Kind((8_500,), lost=(0,), leaves=True),
}


def kind_of(wester_id: str) -> Kind:
    return KINDS[wester_id.partition("-")[0]]


def name_members(count: int) -> list[str]:
    """Return so many members, the kinds in turn."""
    return [f"{kind}-{number:04}" for number, kind in enumerate(islice(cycle(KINDS), count))]


def fixed_winners(size: int) -> int:
    """Return how many of so many members win the first prize."""
    return size // 4


def plan_of(names: Sequence[str]) -> list[dict[str, object]]:
    """Return the prizes: some win points, and beside it all what they spent."""
    winners = {"take": "winners", "take_count": fixed_winners(len(names))}
    return [{"kind": "fixed", "points": FIXED_POINTS, **winners}, {"beside": True}]


def points_of(names: Sequence[str]) -> int:
    """Return what all prizes come to if everybody is drawn."""
    spent = sum(min(kind_of(name).total, CAP) for name in names)
    return fixed_winners(len(names)) * FIXED_POINTS + spent


def outcome_of(won: Won, award: int) -> Outcome:
    """Return what should become of an award. Source: the rules of crediting, "Recheck"."""
    kind = kind_of(won.member)
    if kind.leaves:
        return Outcome(0, 0, award, "withdrawn")
    if kind.total_later < MINIMUM:
        return Outcome(0, 0, award, "below_minimum")
    credited = award if won.prize == FIXED else min(award, kind.total_later, CAP)
    return Outcome(credited, award - credited)


def expected_outcomes(awards: Mapping[Won, int]) -> dict[Won, Outcome]:
    """Return what should become of these awards."""
    return {won: outcome_of(won, award) for won, award in awards.items()}


def members_of(awards: Iterable[Won]) -> list[str]:
    """Return the members who won these, each once and sorted."""
    return sorted({won.member for won in awards})


def write_before_freeze(folder: Path, members: list[str]) -> None:
    """Write the files of bookings and entries that the freeze knows."""
    write_feed_file(folder, [row for member in members for row in ridden(member)])
    entries = [
        {"wester_id": one, "campaign": CODE, "entered_at": "2024-12-20T09:00:00+09:00"}
        | {"channel": "app"}
        for one in members
    ]
    write_feed_file(folder, entries, definition=ENTRIES)


def write_after_freeze(folder: Path, members: list[str]) -> None:
    """Write the files of what came late: cancellations, a booking more, those who left."""
    write_feed_file(folder, [row for member in members for row in later(member)])
    write_leaves(folder, [member for member in members if kind_of(member).leaves])


def write_leaves(folder: Path, members: Sequence[str], *, sequence: int = 1) -> Path:
    """Write a file by which members leave."""
    rows = [
        {"wester_id": one, "status": "withdrawn", "changed_at": "2025-02-10T09:00:00+09:00"}
        for one in members
    ]
    return write_feed_file(folder, rows, definition=MEMBERSHIPS, sequence=sequence)


def write_cancellations(folder: Path, members: Sequence[str]) -> Path:
    """Write a file by which all that members booked is cancelled."""
    rows = [
        booking(member, place, "cancelled", amount_yen=1)
        for member in members
        for place in (*range(len(kind_of(member).bookings)), GAINED)
    ]
    return write_feed_file(folder, rows, sequence=2)


def ridden(member: str) -> Iterator[Row]:
    for place, yen in enumerate(kind_of(member).bookings):
        yield booking(member, place, "used", amount_yen=yen)


def later(member: str) -> Iterator[Row]:
    kind = kind_of(member)
    for place in kind.lost:
        event = "refunded" if place else "cancelled"
        yield booking(member, place, event, amount_yen=kind.bookings[place])
    if kind.gained:
        yield booking(member, GAINED, "used", amount_yen=kind.gained)


def booking(member: str, place: int, event: str, **values: object) -> Row:
    """Return one event on one of a member's bookings."""
    return booking_row(
        event_id=f"{member}-{place}-{event}",
        event_type=event,
        occurred_at=f"2025-01-0{5 if event == 'used' else 6}T20:00:00+09:00",
        reservation_no=f"{member}-{place}",
        wester_id=member,
        **values,
    )
