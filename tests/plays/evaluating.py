"""What a campaign should come to, in plain Python from its file and the rows of the feeds.

Independent of the code: written from docs/specs/campaigns.md and docs/specs/draw-protocol.md, one
member after the other. Bookings here are e5489's, booked and used once, in sections of JR West.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

File = Mapping[str, Any]
Total = tuple[int, frozenset[str]]  # in yen, with the facts


@dataclass(frozen=True)
class Ride:
    """A booking that was used: who, when, how much, with or without a ticket of paper."""

    member: str
    day: str
    yen: int
    ticketless: bool | None = None


@dataclass(frozen=True)
class Entrant:
    """A member on the list: the total, the facts, lots, and rewards by prize."""

    member: str
    total: int
    facts: frozenset[str]
    lots: int
    rewards: tuple[int, ...]

    @property
    def mask(self) -> int:
        """The prizes that can be won."""
        return sum(1 << place for place, reward in enumerate(self.rewards) if reward)


@dataclass(frozen=True)
class Won:
    """An award: prize (from 1), points, and the lot that was drawn."""

    prize: int
    points: int
    lot: int


def total_of(file: File, rides: Collection[Ride], member: str) -> Total:
    """Return what a member's rides in the travel periods come to, and their facts."""
    counting = [
        ride
        for ride in rides
        if ride.member == member
        and any(one["first"] <= ride.day <= one["last"] for one in file["bookings"]["travel"])
    ]
    facts = {"e5489"} if counting else set()
    facts |= {"ticketless" for ride in counting if ride.ticketless}
    return sum(ride.yen for ride in counting), frozenset(facts)


def lots_of(file: File, total: int, facts: Collection[str]) -> int:
    """Return the lots of an entrant."""
    lots = file["lots"]
    by_yen = 1 if lots["yen"] is None else min(max(total // lots["yen"], 1), lots["most"])
    for item in lots["times"]:
        if set(item["when"]) <= set(facts):
            return by_yen * int(item["times"])
    return by_yen


def reward_of(file: File, prize: File, today: Total, lots: int, lots_total: int) -> int:
    """Return what an entrant gets in a prize, 0 where it cannot be won."""
    total, facts = today
    if total < (prize["minimum_total_yen"] or file["minimum_total_yen"]):
        return 0
    reward = prize["reward"]
    if reward["kind"] == "fixed":
        return int(reward["points"])
    if reward["kind"] == "pool":
        share: int = lots * int(reward["points"] // lots_total)
        return share if reward["cap"] is None else min(share, reward["cap"])
    cap: int = reward["cap"]
    for item in reward["cap_if"]:
        if set(item["when"]) <= set(facts):
            cap = item["cap"]
            break
    return int(min(total * reward["percent"] // 100, cap))


def entrants_of(
    file: File, rides: Collection[Ride], taking_part: Collection[str]
) -> dict[str, Entrant]:
    """Return the list of those who take part and reach the minimum, by member."""
    sums = {member: total_of(file, rides, member) for member in taking_part}
    lots = {
        member: lots_of(file, total, facts)
        for member, (total, facts) in sums.items()
        if total >= file["minimum_total_yen"]
    }
    return {
        member: Entrant(
            member,
            *sums[member],
            lots[member],
            tuple(
                reward_of(file, prize, sums[member], lots[member], sum(lots.values()))
                for prize in file["prizes"]
            ),
        )
        for member in lots
    }


def order_of(
    entrants: Mapping[str, Entrant], pids: Mapping[str, bytes], seed: bytes
) -> list[tuple[Entrant, int]]:
    """Return the entrants in the order of their least tickets, each with its winning lot."""

    def least(one: Entrant) -> tuple[bytes, int]:
        pid = pids[one.member]
        return min(
            (sha256(b"\x02" + seed + pid + lot.to_bytes(2, "big")).digest(), lot)
            for lot in range(1, one.lots + 1)
        )

    found = [(least(one), pids[one.member], one) for one in entrants.values()]
    return [(one, lot) for (_ticket, lot), _pid, one in sorted(found, key=lambda row: row[:2])]


def draw(file: File, order: Sequence[tuple[Entrant, int]]) -> tuple[dict[str, list[Won]], bool]:
    """Walk the order for each prize; return the awards by member, and whether the budget ended."""
    left: int = file["budget_points"]
    awards: dict[str, list[Won]] = {one.member: [] for one, _lot in order}
    for place, prize in enumerate(file["prizes"]):
        ((take, count),) = prize["take"].items()
        eligible = sum(1 for one, _lot in order if one.rewards[place])
        most = {"all": len(order), "winners": count, "one_in": -(-eligible // int(count))}[take]
        given = 0
        for one, lot in order:
            if given == most:
                break
            if not one.rewards[place] or (awards[one.member] and not prize["beside"]):
                continue
            if one.rewards[place] > left:
                if file["edge"] == "partial" and left:
                    awards[one.member].append(Won(place + 1, left, lot))
                return awards, True
            awards[one.member].append(Won(place + 1, one.rewards[place], lot))
            left, given = left - one.rewards[place], given + 1
    return awards, False


def credit_of(
    file: File, won: Won, today: Total, lots_total: int, *, ended: bool
) -> tuple[int, str]:
    """Return what is credited of an award by today's total and facts, or why nothing is."""
    total, facts = today
    prize = file["prizes"][won.prize - 1]
    if total < (prize["minimum_total_yen"] or file["minimum_total_yen"]):
        return 0, "below_minimum"
    lots = lots_of(file, total, facts)
    by_lots = "all" not in prize["take"] or ended
    if prize["reward"]["kind"] != "pool" and by_lots and won.lot > lots:
        return 0, "lot_withdrawn"
    return min(won.points, reward_of(file, prize, today, lots, lots_total)), ""
