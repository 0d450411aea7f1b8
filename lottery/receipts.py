"""Receipts: the files that prove to members their own entry and its result."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import approvals, audit
from core.audit import Actor
from core.models import User
from lottery import documents, protocol
from lottery.bundle import has_public_result, may_read_results, read_records
from lottery.documents import DrawnPlace
from lottery.models import Draw, Entrant
from lottery.ordering import read_rank
from lottery.protocol import BLOCK
from lottery.queries import subject_of
from lottery.refusals import NoReceipt
from lottery.results import list_awards

PERMISSION = "lottery.issue_receipt"


def receipt_json(draw: Draw, wester_id: str) -> bytes | None:
    """Return a member's receipt.json; None before publication, and for members not on the list.

    It is private to the member, and has nothing of the result before that is public.
    Source: docs/specs/draw-protocol.md 5.
    """
    entrant = find_entrant(draw, wester_id)
    return make_receipt(draw, entrant, has_result=has_public_result(draw)) if entrant else None


def find_entrant(draw: Draw, wester_id: str) -> Entrant | None:
    """Return a member's entrant in a published draw; None before that, or where there is none."""
    if draw.published_at is None:
        return None
    return draw.entrants.filter(wester_id=wester_id).first()


def make_receipt(draw: Draw, entrant: Entrant, *, has_result: bool) -> bytes:
    """Return the receipt of an entrant of a published draw, with its result or before it."""
    return documents.receipt_json(
        manifest_sha256=bytes(draw.manifest_sha256).hex(),
        wester_id=entrant.wester_id,
        record=protocol.record_of(
            bytes(entrant.pid), entrant.lots, entrant.mask, bytes(entrant.commitment)
        ),
        rewards=entrant.rewards,
        nonces=protocol.split_hashes(bytes(entrant.nonces)),
        index=entrant.position,
        path=make_path(draw, entrant.position),
        drawn=find_place(draw, entrant) if has_result else None,
    )


def find_place(draw: Draw, entrant: Entrant) -> DrawnPlace:
    """Return an entrant's place in a draw that was run, with what they won of each prize."""
    ticket, lot = protocol.winning_lot(read_seed(draw), bytes(entrant.pid), entrant.lots)
    return DrawnPlace(
        ticket=ticket.hex(),
        lot=lot,
        rank=read_rank(draw, entrant.position),
        awards=list_awards(entrant),
    )


def make_path(draw: Draw, index: int) -> list[bytes]:
    """Return the Merkle path of an entry, from its block and the stored subtrees."""
    first = index // BLOCK * BLOCK
    subtrees = protocol.split_hashes(bytes(draw.subtrees))
    block = read_records(draw, first, min(first + BLOCK, draw.entry_count))
    return protocol.path_in_blocks(subtrees, block, index)


def read_seed(draw: Draw) -> bytes:
    """Return the seed from the result of a draw that was run."""
    return bytes.fromhex(documents.read_json(bytes(draw.result or b""))["seed"])


@transaction.atomic
def issue_receipt(*, draw: Draw, wester_id: str, actor: Actor, at: datetime) -> bytes:
    """Return a member's receipt for a member of staff, and record that in the audit.

    It has the result once the draw was run and this person may read it, as the bundle that staff
    export.

    Raises:
        NotPermitted: the person may not issue receipts.
        NoReceipt: the draw is not published, or the member is no entrant.
    """
    approvals.require(actor.user, PERMISSION)
    entrant = find_entrant(draw, wester_id)
    if entrant is None:
        raise NoReceipt(_("The draw is not published, or this is no entrant of it."))
    receipt = make_receipt(draw, entrant, has_result=reads_result(actor.user, draw))
    audit.record(
        actor=actor,
        action="draw.receipt",
        subject=subject_of(draw),
        at=at,
        detail={"entrant": entrant.pk},
    )
    return receipt


def reads_result(user: User, draw: Draw) -> bool:
    """Return whether a user of staff may read what a draw decided, if it was run."""
    return has_public_result(draw) or (draw.drawn_at is not None and may_read_results(user))


def read_receipt(content: bytes) -> dict[str, Any]:
    """Return the fields of a receipt."""
    return documents.read_json(content)
