"""Run a draw: the round makes the seed, the seed the order, and the budget the cut."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from campaign.rewards import min_reward_points
from core import approvals, audit
from core.audit import Actor
from lottery import documents, protocol
from lottery.beacon import Round, round_json, verify_round
from lottery.chains import chain_of, not_due, obtain_round
from lottery.documents import DrawnEntry
from lottery.models import Draw
from lottery.queries import hold_draw, subject_of
from lottery.refusals import DrawEnded, NotPublishedYet, WrongRound
from lottery.selection import Cut, cut_at_budget, most_drawn

PERMISSION = "lottery.run_draw"
# Reads lottery_entrant by its draw, once; keeps no more rows than can be drawn. The ticket is the
# protocol's: H(0x02, seed, pid).
IN_ORDER = """
COPY (
    SELECT id, pid, reward_points, nonce, wester_id FROM lottery_entrant
    WHERE draw_id = %(draw)s
    ORDER BY sha256(%(ticket)s::bytea || pid), pid
    LIMIT %(most)s
) TO STDOUT (FORMAT binary)
"""
AWARD = "COPY lottery_award (draw_id, entrant_id, rank, points) FROM STDIN"
# Held by the pid and what is sorted with it, of as many entries as can be drawn.
MEMORY = "SET LOCAL work_mem = '256MB'"


@dataclass(frozen=True)
class Ordered:
    """An entry at its place in the order of the draw."""

    entrant_id: int
    pid: bytes
    reward: int
    nonce: bytes
    wester_id: str

    def publish(self) -> DrawnEntry:
        """Return what winners.csv says of it: its commitment is opened, its member is not named."""
        opening = protocol.opening_of(self.nonce, self.wester_id.encode())
        return DrawnEntry(self.pid, self.reward, opening)


def run_with_beacon(*, draw: Draw, at: datetime, actor: Actor, to_void: bool = False) -> Draw:
    """Obtain the round that the manifest names and run the draw, for a person signed in.

    Raises:
        NotPermitted: the person may not run draws.
        RoundNotThere, BadRound: no relay has the round, or none has the right one.
        NotPublishedYet, DrawEnded, RoundNotDue: as for ``run_draw``.
    """
    approvals.require(actor.user, PERMISSION)
    if draw.drawn_at:
        return draw
    require_runnable(draw, at, to_void=to_void)  # before anybody is asked for the round
    drawn_by = obtain_round(draw, at=at)
    return run_draw(draw=draw, round=drawn_by, at=at, actor=actor, to_void=to_void)


@transaction.atomic
def run_draw(
    *,
    draw: Draw,
    round: Round,  # noqa: A002 - the beacon's own word
    at: datetime,
    actor: Actor | None = None,
    to_void: bool = False,
) -> Draw:
    """Draw the winners by the round that the manifest names; run again, change nothing.

    Without ``actor`` the audit keeps the machine's user. A draw that was never published can only
    be void: ``to_void`` runs it so that its result can be published with the void.
    Source: docs/specs/draw-protocol.md 3.

    Raises:
        NotPermitted: the person may not run draws.
        NotPublishedYet: the draw was not published, and ``to_void`` is not asked for or the
            instant to publish by has not passed.
        DrawEnded: the draw is void and was never run.
        RoundNotDue: the time of the round has not come.
        WrongRound: this is another round than the manifest's.
        BadRound: the round is not the chain's.
    """
    approvals.require_actor(actor, PERMISSION)
    held = hold_draw(draw)
    if held.drawn_at:
        return held
    require_runnable(held, at, to_void=to_void)
    if round.round != held.round:
        raise WrongRound(
            _("The manifest names round %(round)s; this is another one.") % {"round": held.round}
        )
    verify_round(chain_of(held), round)
    seed = protocol.seed_of(
        bytes(held.manifest_sha256), round.round, bytes.fromhex(round.randomness)
    )
    ordered = list_in_order(held, seed)
    cut = cut_at_budget(
        (entry.reward for entry in ordered),
        budget=held.terms.budget_points,
        policy=held.terms.policy,
    )
    keep_result(held, ordered, cut, drawn_by=round, seed=seed, at=at)
    keep_awards(held, ordered, cut)
    keep_audit(held, actor, at)
    return held


def require_runnable(draw: Draw, at: datetime, *, to_void: bool) -> None:
    """Refuse to run a draw too early, or one that is void or was not published."""
    if draw.state == Draw.State.VOID:
        raise DrawEnded(_("This draw is void."))
    if draw.state == Draw.State.FROZEN and not (to_void and at > draw.publish_by):
        raise NotPublishedYet(
            _("This draw was not published. Too late for that, it is run to be void: --to-void.")
        )
    if at < draw.round_time:
        raise not_due()


def list_in_order(draw: Draw, seed: bytes) -> list[Ordered]:
    """Return the entries in the order of the draw, as many as the cut can ever look at."""
    terms = draw.terms
    most = most_drawn(
        entrants=draw.entry_count,
        budget=terms.budget_points,
        least_reward=min_reward_points(terms),
    )
    parameters = {"draw": draw.pk, "ticket": protocol.TICKET + seed, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(MEMORY)
        with cursor.copy(IN_ORDER, parameters) as copy:
            copy.set_types(["int8", "bytea", "int8", "bytea", "text"])
            return [Ordered(*row) for row in copy.rows()]


def keep_result(
    draw: Draw, ordered: list[Ordered], cut: Cut, *, drawn_by: Round, seed: bytes, at: datetime
) -> None:
    """Write the draw's result: the three files, and what they come to."""
    shown = ordered[: cut.winners + 1]  # whoever does not fit shows that the budget ends there
    winners = documents.winners_csv(entry.publish() for entry in shown)
    draw.state, draw.drawn_at = Draw.State.DRAWN, at
    draw.round_json = round_json(drawn_by)
    draw.winners_csv = winners
    draw.result = documents.result_json(
        manifest_sha256=bytes(draw.manifest_sha256).hex(),
        drawn_by=drawn_by,
        seed=seed,
        cut=cut,
        winners_sha256=hashlib.sha256(winners).hexdigest(),
    )
    draw.winners, draw.total_points = cut.winners, cut.total_points
    draw.leftover_points = cut.leftover_points
    draw.save(
        update_fields=[
            "state",
            "drawn_at",
            "round_json",
            "result",
            "winners_csv",
            "winners",
            "total_points",
            "leftover_points",
        ]
    )


def keep_awards(draw: Draw, ordered: list[Ordered], cut: Cut) -> None:
    """Store what each drawn entry gets."""
    with connection.cursor() as cursor, cursor.copy(AWARD) as copy:
        for rank, entry in enumerate(ordered[: cut.awards], 1):
            points = entry.reward if rank <= cut.winners else cut.partial_points
            copy.write_row((draw.pk, entry.entrant_id, rank, points))


def keep_audit(draw: Draw, actor: Actor | None, at: datetime) -> None:
    """Keep who ran the draw, and what came out."""
    audit.record(
        actor=actor,
        action="draw.run",
        subject=subject_of(draw),
        at=at,
        detail={"result_sha256": hashlib.sha256(bytes(draw.result or b"")).hexdigest()},
    )
