"""Who travels: members of every kind, when they enter, and when some of them leave."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from dev.demo.sampling.choosing import below, happens, pick, spread
from dev.demo.sampling.times import DAY_S, HOUR_S, instant

KINDS = spread(
    {
        "smart_ex": 46,
        "j_west_card_express": 25,
        "jr_central_express_card": 11,
        "jq_card_express": 6,
        "smart_ex_overseas": 3,
        "corporate": 3,
        "plus_ex": 4,
        "view_express_card": 2,
    }
)
NEED_REGISTRATION = frozenset({"smart_ex", "jr_central_express_card", "jq_card_express"})
RESERVATIONS = spread({0: 28, 1: 46, 2: 18, 3: 6, 4: 2})
CHANNELS = spread({"app": 75, "call_center": 3, "web": 2, "": 20})
LINKED = spread({"long ago": 96, "late": 1, "never": 3})
REGISTERED = spread({"long ago": 80, "meanwhile": 12, "never": 8})
ENTERED = spread({"at once": 35, "on the last day": 10, "one day": 55})
LEFT = spread({"before the draw": 43, "before the crediting": 43, "after the crediting": 14})

OPENS, CLOSES = instant("2024-12-10", 12), instant("2025-01-14")
RUSH_S = 30 * HOUR_S
LONG_AGO, BEFORE_ALL = instant("2024-11-01"), instant("2024-11-20")
# Far apart, so that nobody guesses the next WESTER ID; each number gives another.
STRIDE, NUMBERS = 482_711, 1_000_000_000


class Entering(NamedTuple):
    """How and when a member enters."""

    channel: str
    at: int


class Person(NamedTuple):
    """One member of WESTER, who may travel with an EX membership too."""

    wester_id: str
    ex_member_no: str
    kind: str
    linked_at: int | None  # from when upstream links the EX number to the member
    points_registered_at: int | None
    entering: Entering | None
    leaves_at: int | None
    reservations: int


def make_people(random: Random, count: int, *, first_number: int = 0) -> Iterator[Person]:
    """Yield so many people; other numbers give other people."""
    for number in range(first_number, first_number + count):
        has_ex = happens(random, 55)
        kind = pick(random, KINDS) if has_ex else ""
        yield Person(
            wester_id=f"W{(number + 1) * STRIDE % NUMBERS:09}",
            ex_member_no=f"X{(number + 1) * STRIDE % NUMBERS:09}" if has_ex else "",
            kind=kind,
            linked_at=link(random) if has_ex else None,
            points_registered_at=register(random, kind),
            entering=enter(random),
            leaves_at=leave(random),
            reservations=pick(random, RESERVATIONS),
        )


def link(random: Random) -> int | None:
    """Return when an EX number becomes known: for most long ago, for some late or never."""
    match pick(random, LINKED):
        case "never":
            return None
        case "late":
            return instant("2025-01-17") + below(random, 2 * DAY_S)
    return LONG_AGO + below(random, BEFORE_ALL - LONG_AGO)


def register(random: Random, kind: str) -> int | None:
    """Return when points were registered for: before any booking, among them, or never."""
    when = pick(random, REGISTERED)
    if kind not in NEED_REGISTRATION or when == "never":
        return None
    if when == "meanwhile":
        return instant("2024-12-10") + below(random, 26 * DAY_S)
    return LONG_AGO + below(random, BEFORE_ALL - LONG_AGO)


def enter(random: Random) -> Entering | None:
    """Return an entry: many soon after the opening, some at the very end, some never."""
    channel = pick(random, CHANNELS)
    if not channel:
        return None
    match pick(random, ENTERED):
        case "at once":
            return Entering(channel, OPENS + int(RUSH_S * random.random() ** 2))
        case "on the last day":
            return Entering(channel, CLOSES - 1 - below(random, DAY_S))
    return Entering(channel, OPENS + below(random, CLOSES - OPENS))


def leave(random: Random) -> int | None:
    """Return when a member leaves WESTER: before the draw, before the crediting, or after it."""
    if not happens(random, 1.4):
        return None
    match pick(random, LEFT):
        case "before the draw":
            return instant("2024-12-12") + below(random, 35 * DAY_S)
        case "before the crediting":
            return instant("2025-01-29") + below(random, 16 * DAY_S)
    return instant("2025-02-16") + below(random, DAY_S)
