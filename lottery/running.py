"""Run a draw: the round gives the seed, the seed the order, the budget the cut.

The cut is where the budget ends in the order of the draw: entrants before it win.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from campaign.rewards import min_reward_points
from core import approvals, audit
from core.audit import Actor
from core.sql_files import compose_sql
from lottery import documents, protocol
from lottery.beacon import Round, round_json, verify_round
from lottery.chains import chain_of, obtain_round, round_not_due
from lottery.documents import DrawnEntry
from lottery.models import Draw
from lottery.queries import lock_draw, subject_of
from lottery.refusals import DrawEnded, NotPublishedYet, WrongRound
from lottery.selection import Cut, cut_at_budget, max_entries_read

PERMISSION = "lottery.run_draw"
COPY_OUT = sql.SQL("COPY ({query}) TO STDOUT (FORMAT binary)")
STORE_AWARDS = "COPY lottery_award (draw_id, entrant_id, rank, points) FROM STDIN"
# For the sort of as many entrants as can be drawn.
MEMORY = "SET LOCAL work_mem = '256MB'"


@dataclass(frozen=True)
class OrderedEntrant:
    """An entrant in the order of the draw."""

    entrant_id: int
    pid: bytes
    reward: int
    nonce: bytes
    wester_id: str

    def published_row(self) -> DrawnEntry:
        """Return the row of winners.csv: it opens the commitment and does not name the member."""
        opening = protocol.opening_of(self.nonce, self.wester_id.encode())
        return DrawnEntry(self.pid, self.reward, opening)


def run_with_beacon(*, draw: Draw, at: datetime, actor: Actor, to_void: bool = False) -> Draw:
    """Obtain the round that the manifest names and run the draw, for a signed-in person.

    Raises:
        NotPermitted: the person may not run draws.
        RoundNotThere, BadRound: no relay has the round, or the answers are not the right one.
        NotPublishedYet, DrawEnded, RoundNotDue: as for ``run_draw``.
    """
    approvals.require(actor.user, PERMISSION)
    if draw.drawn_at:
        return draw
    require_runnable(draw, at, to_void=to_void)  # before the relays are requested
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
    """Draw the winners by the round that the manifest names; a repeat changes nothing.

    Without ``actor`` the audit records the machine's user. A draw that was never published can
    only become void: ``to_void`` runs it so that its result can be published with the void.
    Source: docs/specs/draw-protocol.md 3.

    Raises:
        NotPermitted: the person may not run draws.
        NotPublishedYet: the draw was not published, and either ``to_void`` is not set or
            ``publish_by`` has not passed.
        DrawEnded: the draw is void and was never run.
        RoundNotDue: the time of the round has not come.
        WrongRound: this is another round than the manifest's.
        BadRound: the round is not the chain's.
    """
    approvals.require_actor(actor, PERMISSION)
    locked = lock_draw(draw)
    if locked.drawn_at:
        return locked
    require_runnable(locked, at, to_void=to_void)
    if round.round != locked.round:
        raise WrongRound(
            _("The manifest names round %(round)s; this is another one.") % {"round": locked.round}
        )
    verify_round(chain_of(locked), round)
    seed = protocol.seed_of(
        bytes(locked.manifest_sha256), round.round, bytes.fromhex(round.randomness)
    )
    ordered = order_entrants(locked, seed)
    cut = cut_at_budget(
        (entrant.reward for entrant in ordered),
        budget=locked.terms.budget_points,
        policy=locked.terms.policy,
    )
    save_result(locked, ordered, cut, drawn_by=round, seed=seed, at=at)
    store_awards(locked, ordered, cut)
    record_run(locked, actor, at)
    return locked


def require_runnable(draw: Draw, at: datetime, *, to_void: bool) -> None:
    """Check that a draw can be run now.

    Raises:
        NotPublishedYet, DrawEnded, RoundNotDue: as for ``run_draw``.
    """
    if draw.state == Draw.State.VOID:
        raise DrawEnded(_("This draw is void."))
    if draw.state == Draw.State.FROZEN and not (to_void and at > draw.publish_by):
        raise NotPublishedYet(
            _("This draw was not published. Too late for that, it is run to be void: --to-void.")
        )
    if at < draw.round_time:
        raise round_not_due()


def order_entrants(draw: Draw, seed: bytes) -> list[OrderedEntrant]:
    """Return the entrants in the order of the draw, as far as the cut reads."""
    terms = draw.terms
    limit = max_entries_read(
        entrants=draw.entry_count,
        budget=terms.budget_points,
        least_reward=min_reward_points(terms),
    )
    parameters = {"draw": draw.pk, "ticket": protocol.TICKET + seed, "max_rows": limit}
    query = compose_sql("lottery", "order_entrants")
    with connection.cursor() as cursor:
        cursor.execute(MEMORY)
        with cursor.copy(COPY_OUT.format(query=query), parameters) as copy:
            copy.set_types(["int8", "bytea", "int8", "bytea", "text"])
            return [OrderedEntrant(*row) for row in copy.rows()]


def save_result(
    draw: Draw,
    ordered: list[OrderedEntrant],
    cut: Cut,
    *,
    drawn_by: Round,
    seed: bytes,
    at: datetime,
) -> None:
    """Save the result of a draw: its three files and their sums."""
    shown = ordered[: cut.winners + 1]  # the entrant who does not fit proves where the budget ends
    winners = documents.winners_csv(entrant.published_row() for entrant in shown)
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


def store_awards(draw: Draw, ordered: list[OrderedEntrant], cut: Cut) -> None:
    """Store the award of each drawn entrant: the points that they win."""
    with connection.cursor() as cursor, cursor.copy(STORE_AWARDS) as copy:
        for rank, entrant in enumerate(ordered[: cut.awards], 1):
            points = entrant.reward if rank <= cut.winners else cut.partial_points
            copy.write_row((draw.pk, entrant.entrant_id, rank, points))


def record_run(draw: Draw, actor: Actor | None, at: datetime) -> None:
    """Record in the audit who ran the draw, and the hash of its result."""
    audit.record(
        actor=actor,
        action="draw.run",
        subject=subject_of(draw),
        at=at,
        detail={"result_sha256": hashlib.sha256(bytes(draw.result or b"")).hexdigest()},
    )
