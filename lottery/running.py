"""Run a draw: the round gives the seed, the seed the order, the plan its awards along it."""

import hashlib
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import approvals, audit
from core.audit import Actor
from lottery import documents, protocol
from lottery.beacon import Round, round_json, verify_round
from lottery.chains import chain_of, obtain_round, round_not_due
from lottery.models import Draw
from lottery.models.draws import RESULT
from lottery.ordering import Order, PlacedEntrant, order_entrants, read_entrants
from lottery.queries import lock_draw, subject_of
from lottery.refusals import DrawEnded, NotPublishedYet, WrongRound
from lottery.rows_as_read import RowsAsRead
from lottery.selection import Selection, select_awards

PERMISSION = "lottery.run_draw"
STORE_AWARDS = "COPY lottery_award (draw_id, entrant_id, prize, rank, lot, points) FROM STDIN"


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
    order = order_entrants(locked, seed)
    placed = RowsAsRead(read_entrants(locked, order), len(order.positions))
    selection = select_awards(
        locked.terms.plan,
        RowsAsRead((one.rewards for one in placed), len(placed)),
        eligible=locked.eligible,
    )
    save_result(locked, order, placed.read, selection, drawn_by=round, seed=seed, at=at)
    store_awards(locked, order, placed.read, selection)
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
            _("This draw was not published. Once it is too late for that, it is run to be void.")
        )
    if at < draw.round_time:
        raise round_not_due()


def save_result(
    draw: Draw,
    order: Order,
    placed: list[PlacedEntrant],
    selection: Selection,
    *,
    drawn_by: Round,
    seed: bytes,
    at: datetime,
) -> None:
    """Save the result of a draw: its three files, their sums, and everybody's rank."""
    winners = documents.winners_csv(
        documents.winner_line(
            line,
            pid=entrant.pid,
            lot=order.lots[line.rank - 1],
            rewards=entrant.rewards,
            nonces=entrant.nonces,
            wester_id=entrant.wester_id.encode(),
        )
        for line in selection.lines
        for entrant in (placed[line.rank - 1],)
    )
    draw.state, draw.drawn_at = Draw.State.DRAWN, at
    draw.round_json = round_json(drawn_by)
    draw.winners_csv = winners
    draw.ranks = order.ranks()
    draw.result = documents.result_json(
        manifest_sha256=bytes(draw.manifest_sha256).hex(),
        drawn_by=drawn_by,
        seed=seed,
        selection=selection,
        winners_sha256=hashlib.sha256(winners).hexdigest(),
    )
    draw.winners, draw.total_points = list(selection.winners), selection.total_points
    draw.leftover_points = selection.leftover_points
    draw.save(update_fields=["state", *RESULT])


def store_awards(
    draw: Draw, order: Order, placed: list[PlacedEntrant], selection: Selection
) -> None:
    """Store the awards of the selection: the points that entrants win, prize by prize."""
    with connection.cursor() as cursor, cursor.copy(STORE_AWARDS) as copy:
        for line in selection.awards:
            place = line.rank - 1
            copy.write_row(
                (
                    draw.pk,
                    placed[place].entrant_id,
                    line.prize,
                    line.rank,
                    order.lots[place],
                    line.award,
                )
            )


def record_run(draw: Draw, actor: Actor | None, at: datetime) -> None:
    """Record in the audit who ran the draw, and the hash of its result."""
    audit.record(
        actor=actor,
        action="draw.run",
        subject=subject_of(draw),
        at=at,
        detail={"result_sha256": hashlib.sha256(bytes(draw.result or b"")).hexdigest()},
    )
