"""Reveal a draw's key K to an auditor, who can check with it that each member has one pseudonym.

A second person approves. The approval changes nothing: it permits the person who made the request
to take the key once, as a file. So the key lands on the machine where they work and not on that of
the approver, and every file of it has its own approval.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import approvals, audit
from core.atomic_files import PRIVATE, write_atomically
from core.audit import Actor
from core.models import Approval, AuditRecord, User
from core.printable import printable_name
from lottery import documents, keys
from lottery.models import Draw
from lottery.queries import (
    find_subject,
    lock_draw,
    lock_draw_for_approval,
    lock_subject,
    subject_of,
)
from lottery.refusals import KeysErased, UnfitFolder

REVEAL = "draw.reveal"
PERMISSION = "lottery.request_reveal"


@transaction.atomic
def request_reveal(*, draw: Draw, actor: Actor, at: datetime) -> Approval:
    """Request that the key is revealed; an approved request that was not used yet is returned.

    Raises:
        KeysErased: the keys of the draw are erased.
        NotPermitted: the person may not request it.
    """
    locked = lock_draw(draw)
    approvals.require(actor.user, PERMISSION)
    if approved := find_unused_approval(locked, actor.user):
        return approved
    return approvals.request(action=REVEAL, subject=subject_of(locked), actor=actor, at=at)


def find_unused_approval(draw: Draw, user: User | None) -> Approval | None:
    """Return an approved request of this person by which no key was written yet."""
    approved = Approval.objects.filter(
        action=REVEAL,
        subject=subject_of(draw),
        state=Approval.State.APPROVED,
        requested_by=user,
    )
    last: Approval | None = approved.order_by("id").last()
    if last is None:
        return None
    written = AuditRecord.objects.filter(action=REVEAL, detail__approval=last.pk)
    return None if written.exists() else last


def content_to_reveal(subject: str) -> dict[str, Any]:
    """Return whose key is revealed, to read and to hash.

    Raises:
        KeysErased: the keys of the draw are erased.
    """
    draw = find_subject(subject)
    require_keys(draw)
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "pid_key_sha256": documents.read_json(bytes(draw.manifest))["pid_key_sha256"],
    }


def require_keys(draw: Draw) -> None:
    """Check that the keys of a draw are stored.

    Raises:
        KeysErased: they are erased.
    """
    if draw.pid_key is None:
        raise KeysErased(_("The keys of this draw are erased; nobody can reveal them."))


@approvals.action(
    REVEAL,
    name=pgettext_lazy("approval", "Disclosure of a draw's key"),
    permission=PERMISSION,
    lock=lock_draw_for_approval,
    content=content_to_reveal,
)
def permit_reveal(approval: Approval) -> None:
    """Permit the reveal as approved: the person who made the request writes the file."""
    require_keys(lock_subject(approval.subject))


@transaction.atomic
def write_key(*, draw: Draw, approval: Approval, output: Path, actor: Actor, at: datetime) -> None:
    """Write K to a private file, by an approved request, and record that.

    The record comes first: where the file cannot be written, the transaction is rolled back.

    Raises:
        KeysErased, BrokenKey: as for ``read_key``.
        UnfitFolder: the file cannot be written.
    """
    content = read_key(draw=draw, approval=approval, actor=actor, at=at)
    try:
        write_atomically(output, [content], mode=PRIVATE)
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(output)}: {failure.strerror}.") from failure


@transaction.atomic
def read_key(*, draw: Draw, approval: Approval, actor: Actor, at: datetime) -> bytes:
    """Return K as a line of hex, by an approved request, and record that.

    Raises:
        KeysErased: the keys were erased since.
        BrokenKey: they were encrypted under another DRAW_KEY.
    """
    locked = lock_draw(draw)
    require_keys(locked)
    name = keys.key_name("pid", locked.campaign.code, locked.sequence)
    key = keys.open_key(bytes(locked.pid_key or b""), name=name)
    audit.record(
        actor=actor,
        action=REVEAL,
        subject=subject_of(locked),
        at=at,
        detail={"approval": approval.pk},
    )
    return f"{key.hex()}\n".encode()
