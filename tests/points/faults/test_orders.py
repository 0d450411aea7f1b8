"""Everything that the interfaces allow, in any order: nothing but what should be comes of it."""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import Refusal
from points import preparing
from points.models import KeyStanding, Payout, Transfer
from tests.points.faults import invariants
from tests.points.faults.answers import Line
from tests.points.faults.invariants import Outcome, Won
from tests.points.faults.stage import PARTS, Stage, dying_at, make_chance

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MEMBERS = tuple(f"W{number}" for number in range(6))
CAP, MINIMUM = 20_000, 5_000
LOT_YEN, MOST_LOTS = 5_000, 3
SPENT = 2  # the second prize, beside the first
PRIZES = ({"kind": "fixed", "points": 1_000, "take": "winners", "take_count": 2}, {"beside": True})
ORDER = ("freeze", "publish", "run", "confirm", "prepare", "pay", "export")
TELLS = ("agrees", "rejected", "missing", "differs", "twice")
member = st.sampled_from(MEMBERS)
reported = st.lists(st.sampled_from(TELLS), min_size=len(MEMBERS), max_size=len(MEMBERS))


class Orders(RuleBasedStateMachine):
    """Members, staff, workers and upstream, each at any time."""

    def __init__(self) -> None:
        super().__init__()
        secrets.token_bytes = make_bytes(make_chance())
        self.bookings: dict[tuple[str, int], int] = {}
        self.left: set[str] = set()
        self.ends: dict[Won, Outcome] = {}
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        try:
            self.finish()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(
        edge=st.sampled_from(["stop", "partial"]),
        budget=st.integers(15_000, 40_000),
        steps=st.integers(0, 5),
    )
    def open(self, edge: str, budget: int, steps: int) -> None:
        """Begin with a campaign that has come so far without anything happening."""
        self.stage = Stage(
            MEMBERS,
            edge=edge,
            budget_points=budget,
            lots_yen=LOT_YEN,
            lots_most=MOST_LOTS,
            prizes=[*PRIZES],
        )
        for one in MEMBERS[:4]:
            self.stage.enter(one)
            self.book(one, 0, 7_000)
        self.go_on(steps)

    # What members and upstream do

    @rule(one=member)
    def enter(self, one: str) -> None:
        self.attempt(lambda: self.stage.enter(one))

    @rule(one=member, place=st.integers(0, 2), yen=st.integers(1_000, 25_000))
    def book(self, one: str, place: int, yen: int) -> None:
        if (one, place) not in self.bookings:
            self.bookings[one, place] = yen
            self.stage.load_booking(one, place, "used", yen)

    @rule(one=member, place=st.integers(0, 2))
    def cancel(self, one: str, place: int) -> None:
        if self.bookings.get((one, place)):
            self.bookings[one, place] = 0
            self.stage.load_booking(one, place, "cancelled", 1)

    @rule(one=member)
    def withdraw(self, one: str) -> None:
        if one not in self.left:
            self.left.add(one)
            self.stage.withdraw(one)

    # What staff and workers do

    @rule(times=st.integers(1, 2))
    def go_on(self, times: int) -> None:
        """Take the next steps in the order in which they are meant."""
        for _ in range(times):
            if step := self.next_step():
                getattr(self.stage, step)()
                self.follow()

    @rule(step=st.sampled_from((*ORDER, "close", "resolve")))
    def try_step(self, step: str) -> None:
        """Ask for a step whether its time has come or not."""
        self.attempt(getattr(self.stage, step))

    @rule(step=st.sampled_from((*ORDER, "close", "resolve")), statement=st.integers(1, 60))
    def crash(self, step: str, statement: int) -> None:
        with dying_at(statement):
            self.attempt(getattr(self.stage, step))
        self.follow()

    @precondition(lambda self: self.paid())
    @rule(tells=reported, statement=st.integers(1, 120))
    def settle(self, tells: list[str], statement: int) -> None:
        with dying_at(statement):
            self.attempt(lambda: self.stage.settle(teller(tells)))
        self.follow()

    @precondition(lambda self: self.next_step() in ORDER[1:5])
    @rule()
    def void(self) -> None:
        self.attempt(self.stage.void)

    @precondition(lambda self: self.paid())
    @rule()
    def expire(self) -> None:
        self.attempt(self.stage.expire)

    # What holds

    def attempt(self, step: Callable[[], object]) -> None:
        """Ask for something; what is refused changes nothing."""
        before = Transfer.objects.count()
        try:
            with transaction.atomic():
                step()
        except (Refusal, FileNotFoundError):
            assert Transfer.objects.count() == before
        self.follow()

    def follow(self) -> None:
        """Compare every award that came to its end with what was known at that moment."""
        connection.check_constraints()
        ends = {won: end for won, end in self.look().items() if any(end[:3])}
        for won, end in ends.items():
            known = self.ends.get(won)
            if known is None:
                assert end == self.due(won), (won, end)
            elif known != end:
                assert (known.credited, known.released) == (end.forfeited, end.released)
                assert end.reason == "rejected"
        assert self.ends.keys() <= ends.keys()
        self.ends = ends

    def due(self, won: Won) -> Outcome:
        """Return what an award comes to if it is paid now. Source: "Recheck"."""
        drawn = self.stage.draw().awards.get(entrant__wester_id=won.member, prize=won.prize)
        award = drawn.points
        total = sum(yen for (who, _), yen in self.bookings.items() if who == won.member)
        if won.member in self.left:
            return Outcome(0, 0, award, "withdrawn")
        if total < MINIMUM:
            return Outcome(0, 0, award, "below_minimum")
        is_by_lots = won.prize != SPENT or not self.all_have_what_they_spent()
        if is_by_lots and drawn.lot > min(total // LOT_YEN, MOST_LOTS):
            return Outcome(0, 0, award, "lot_withdrawn")
        credited = award if won.prize != SPENT else min(award, total, CAP)
        return Outcome(credited, award - credited)

    def all_have_what_they_spent(self) -> bool:
        """Return whether the budget held for all rewards of the prize that everybody wins."""
        draw = self.stage.draw()
        rewards = [entrant.rewards[SPENT - 1] for entrant in draw.entrants.all()]
        return sorted(rewards) == sorted(
            draw.awards.filter(prize=SPENT).values_list("points", flat=True)
        )

    @invariant()
    def holds(self) -> None:
        self.look()

    def look(self) -> dict[Won, Outcome]:
        connection.ensure_connection()
        return invariants.look_within(connection.connection)

    def paid(self) -> bool:
        return Payout.objects.filter(ended_at__isnull=False).exists()

    def next_step(self) -> str | None:
        """Return the step that nobody has taken yet, if it is one of the order."""
        draw = self.stage.campaign.draws.exclude(state="void").first()
        if draw is None:
            return "freeze"
        if not draw.published_at and self.stage.now > draw.publish_by:
            return "give_up"
        payout = Payout.objects.filter(draw=draw).first()
        if payout is None:
            taken = ("frozen", "published", "drawn", "confirmed")
            return ORDER[1 + taken.index(draw.state)]
        if payout.ended_at is None:
            return "pay"
        return None if hasattr(payout, "file") else "export"

    def finish(self) -> None:
        """Wherever this stands, it can be brought to its close."""
        while step := self.next_step():
            getattr(self.stage, step)()
            self.follow()
        payout = Payout.objects.get()
        if payout.closed_at is None:
            self.stage.export()
            self.stage.settle(teller(["agrees"] * len(MEMBERS)))
            self.stage.resolve()
            self.stage.close()
            self.follow()
        awards = self.stage.draw().awards.values_list("entrant__wester_id", "prize", "points")
        for member, prize, points in awards:
            assert sum(self.ends[Won(member, prize)][:3]) == points
        assert not KeyStanding.objects.filter(is_open=True).exists()
        assert self.ends.keys() == {Won(member, prize) for member, prize, _points in awards}


def teller(tells: Sequence[str]) -> Callable[[dict[str, str]], Sequence[Line]]:
    """Return what the points system says of a credit, by its member."""
    words = dict(zip(MEMBERS, tells, strict=True))

    def tell(credit: dict[str, str]) -> list[Line]:
        key, points = credit["credit_key"], credit["points"]
        said: dict[str, list[Line]] = {
            "agrees": [(key, "credited", points, "")],
            "rejected": [(key, "rejected", points, "no such member")],
            "missing": [],
            "differs": [(key, "credited", str(int(points) + 1), "")],
            "twice": [(key, "credited", points, ""), (key, "rejected", points, "no such member")],
        }
        return said[words[credit["wester_id"]]]

    return tell


def make_bytes(chance: Callable[[int], bytes]) -> Any:
    return lambda count=32: chance(count)


@pytest.fixture
def known_chance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    """Have keys and rounds be the same in every run."""
    monkeypatch.setattr(secrets, "token_bytes", secrets.token_bytes)
    monkeypatch.setattr(secrets, "randbelow", lambda below: below // 3)
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", PARTS)
    settings.DRAW_CHAIN_FOLDER = tmp_path / "chain"


@pytest.mark.usefixtures("known_chance")
def test_any_order_of_what_the_interfaces_allow() -> None:
    run_state_machine_as_test(
        Orders,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a history is short enough to be read as it is
            suppress_health_check=list(HealthCheck),
        ),
    )
