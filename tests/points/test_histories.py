"""In any order of paying, dying, leaving, settling and correcting every point is accounted for."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
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
from points import closing, correcting, expiring, payout, preparing, queries
from points.models import AwardStanding, KeyStanding, Payout, Transfer
from points.verifying import verify_ledger
from tests.factories.lottery import drawn_draw, person
from tests.points.answers import Row, answer, export, reject, settle
from tests.points.steps import CREDIT_AT, approve, confirm, leave, lower, prepare

MEMBERS = ("W1", "W2", "W3", "W4", "W5")
EXPIRED_AT = CREDIT_AT.replace(year=2026, month=4)
members = st.sampled_from(MEMBERS)
verdicts = st.sampled_from(["credited", "rejected"])


def answered(row: Row, kind: str) -> Row:
    """Return an answer of some kind to a credit."""
    return {
        "well": answer(row),
        "no": reject(row),
        "other": answer(row, points="1"),
        "unknown": answer(row, credit_key=row["credit_key"][::-1]),
    }[kind]


class Money(RuleBasedStateMachine):
    """A payout of five awards in parts of two, whatever happens to it; undone at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.stack.enter_context(transaction.atomic())

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.stack.close()

    @initialize(start=st.sampled_from(["exported", "paid", "approved"]))
    def begin(self, start: str) -> None:
        self.sequence = 0
        self.gone: set[str] = set()
        self.ends: dict[str, tuple[str, int]] = {}
        self.rows: list[Row] = []
        self.draw = confirm(drawn_draw(dict.fromkeys(MEMBERS, 6_000)))
        self.ready = prepare(self.draw)
        if start != "approved":
            self.pay_the_rest()
        if start == "exported":
            self.export_the_credits()

    def do(self, work: Any) -> None:
        """Do what may be refused; nothing of it is left then."""
        try:
            with transaction.atomic():
                work()
        except Refusal:
            pass

    @property
    def has_ended(self) -> bool:
        return queries.find_payout_end(self.draw.campaign) is not None

    @precondition(lambda self: not self.has_ended)
    @rule(dies=st.booleans())
    def pay_a_part(self, dies: bool) -> None:
        with transaction.atomic():
            payout.pay_next_part(self.ready, at=CREDIT_AT)
            transaction.set_rollback(dies)
        if not dies:
            payout.end_payout(self.ready, at=CREDIT_AT)

    @rule(member=members)
    def a_member_leaves(self, member: str) -> None:
        if member not in self.gone:
            leave(member)
            self.gone.add(member)

    @rule(member=members, to=st.sampled_from([0, 4_999, 5_000, 5_999, 7_000]))
    def a_total_changes(self, member: str, to: int) -> None:
        lower(member, to=to)

    @precondition(lambda self: not self.has_ended)
    @rule()
    def pay_the_rest(self) -> None:
        payout.pay_remaining_parts(self.ready, now=lambda: CREDIT_AT)

    @rule()
    def export_the_credits(self) -> None:
        self.do(lambda: setattr(self, "rows", export(self.ready, self.folder)))

    @precondition(lambda self: bool(self.rows))
    @rule(kinds=st.lists(st.sampled_from(["well", "no", "other", "unknown"]), max_size=6))
    def answers_come(self, kinds: list[str]) -> None:
        """Of each credit in turn, and of the first ones twice if there are more answers."""
        answers = [
            answered(self.rows[which % len(self.rows)], kind) for which, kind in enumerate(kinds)
        ]
        self.sequence += 1
        self.do(lambda: settle(self.ready, self.folder, answers, sequence=self.sequence))

    @precondition(lambda self: bool(self.rows))
    @rule()
    def all_is_well(self) -> None:
        self.answers_come(["well"] * len(self.rows))

    @precondition(lambda self: bool(self.rows))
    @rule(verdict=verdicts)
    def a_key_is_resolved(self, verdict: str) -> None:
        standing = (
            KeyStanding.objects.filter(payout=self.ready, is_open=True).order_by("id").first()
        )
        if standing:
            self.do(lambda: self.resolve(standing, verdict))

    def resolve(self, standing: KeyStanding, verdict: str) -> None:
        approval = correcting.request_resolution(
            payout=standing.payout,
            key=bytes(standing.credit_key),
            verdict=verdict,
            reason="asked",
            actor=person("ops"),
            at=CREDIT_AT,
        )
        approve(approval, CREDIT_AT)

    @rule()
    def a_credit_is_reversed(self) -> None:
        credit = Transfer.objects.filter(kind="credit").order_by("key").first()
        if credit:
            self.do(lambda: self.reverse(credit))

    def reverse(self, credit: Transfer) -> None:
        approval = correcting.request_reversal(
            transfer=credit, reason="wrong", actor=person("ops"), at=CREDIT_AT
        )
        if approval:
            approve(approval, CREDIT_AT)

    @precondition(lambda self: bool(self.rows))
    @rule()
    def close(self) -> None:
        self.do(lambda: closing.close_payout(payout=self.ready, at=CREDIT_AT))

    @precondition(lambda self: bool(self.rows))
    @rule()
    def credits_expire(self) -> None:
        expiring.expire_credits(at=EXPIRED_AT)

    @invariant()
    def every_point_is_accounted_for(self) -> None:
        if not hasattr(self, "draw"):
            return
        assert verify_ledger().findings == []
        counts = queries.count_awards(self.draw)
        balances = dict(self.draw.campaign.accounts.values_list("kind", "balance_points"))
        given = ("credited_points", "released_points", "forfeited_points")
        assert sum(counts[name] for name in given) + balances["reserved"] == counts["award_points"]
        standings = AwardStanding.objects.filter(draw=self.draw)
        assert not standings.filter(state__in=["drawn", "void"]).exists()
        assert {one.wester_id for one in standings} == set(MEMBERS)

    @invariant()
    def a_credit_is_never_raised_nor_moved(self) -> None:
        credits_now = {
            str(one.award_id): ("credit", one.points)
            for one in Transfer.objects.filter(kind="credit")
        }
        earlier = getattr(self, "ends", {})
        assert earlier.items() <= credits_now.items()
        self.ends = credits_now

    @invariant()
    def what_is_closed_agrees(self) -> None:
        ready = getattr(self, "ready", None)
        if ready and Payout.objects.filter(pk=ready.pk, closed_at__isnull=False).exists():
            counts = queries.count_awards(self.draw)
            given = ("credited_points", "released_points", "forfeited_points")
            assert sum(counts[name] for name in given) == counts["award_points"] == 30_000
            assert not queries.find_open_keys(ready).exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_any_history_keeps_every_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", 2)
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=10,
            stateful_step_count=14,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
