"""Erase a member: one person requests it with a reason, another approves, and it is carried out.

What becomes of each column is in points.personal_data; the work is one function of the database's
owner, points/sql/erase_member.sql. Source: docs/specs/consistency.md 6.
"""

import json
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bookings.erased import hash_identifier
from bookings.models import ErasedIdentifier, ExRegistration
from campaign.models import Campaign
from core import approvals
from core.audit import Actor
from core.locks import Lock, acquire
from core.models import Approval
from entries.models import Member
from lottery.models import Draw, Entrant
from points import auditing
from points.correcting import read_reason
from points.models import Erasure
from points.queries import decided_at
from points.refusals import BeingWritten, DrawOpen, UnfitReason, UnknownMember

ERASE = "member.erase"
PERMISSION = "points.request_erasure"
PATIENCE_MS = 8_000  # less than a request to the site may take
Hashes = dict[str, dict[str, str]]


@transaction.atomic
def request_erasure(
    *, wester_id: str, reason: str, actor: Actor, at: datetime
) -> tuple[Approval | None, dict[str, int]]:
    """Request the erasure of a member; return also how many rows of each table it would change.

    The approval is None where the member is erased already.

    Raises:
        NotPermitted: the person may not request it.
        UnknownMember: nothing is stored under this WESTER ID.
        DrawOpen: a draw of the member, or its payout, has not ended.
        UnfitReason: the reason is no single line, or names the WESTER ID.
    """
    approvals.require(actor.user, PERMISSION)
    said = read_reason(reason)
    if wester_id in said:
        raise UnfitReason(_("The reason stays after the erasure: leave the WESTER ID out of it."))
    hashed = hash_identifier("wester_id", wester_id)
    counts = count_rows(wester_id)
    if not counts:
        if ErasedIdentifier.objects.filter(hash=hashed).exists():
            return None, counts
        raise UnknownMember(_("Nothing is stored under this WESTER ID."))
    erasure, is_new = Erasure.objects.get_or_create(
        wester_id=wester_id, defaults={"hash": hashed, "reason": said}
    )
    if not is_new:  # not save(): it would write other columns as well, which nobody may
        Erasure.objects.filter(pk=erasure.pk).update(reason=said)
    return approvals.request(action=ERASE, subject=subject_of(erasure), actor=actor, at=at), counts


def count_rows(wester_id: str) -> dict[str, int]:
    """Return how many rows of each table an erasure would change, sessions not counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT points_count_member(%s, %s)", [wester_id, json.dumps(hashes_of(wester_id))]
        )
        counts: dict[str, int] = json.loads(cursor.fetchone()[0])
    return counts


def hashes_of(wester_id: str) -> Hashes:
    """Return the keyed hashes of a WESTER ID and of the EX numbers registered for it."""
    numbers = ExRegistration.objects.filter(wester_id=wester_id).values_list(
        "ex_member_no", flat=True
    )
    return {
        "wester_id": {wester_id: hash_identifier("wester_id", wester_id)},
        "ex_member_no": {number: hash_identifier("ex_member_no", number) for number in numbers},
    }


def find_sessions(wester_id: str) -> list[str]:
    """Return the keys of the sessions in which a member is signed in. Reads all sessions."""
    user = Member.objects.filter(wester_id=wester_id).values_list("user_id", flat=True).first()
    if user is None:
        return []
    return [
        session.session_key
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(user)
    ]


def subject_of(erasure: Erasure) -> str:
    """Return the name of an erasure in approvals and in the audit, which names no member."""
    return f"case/{erasure.pk}"


def case_of(subject: str) -> int:
    """Return the number of the erasure of this name."""
    return int(subject.removeprefix("case/"))


def lock_for_erasure(_subject: str) -> None:
    """Lock loads, open entries and totals: nobody writes what is being removed.

    Raises:
        BeingWritten: a load or a nightly run did not end in time.
    """
    campaigns = Campaign.objects.order_by("pk")
    try:
        acquire(Lock.LOADS, patience_ms=PATIENCE_MS)
        for campaign in campaigns.filter(entries_frozen_at__isnull=True):
            acquire(Lock.ENTRIES, campaign.pk)
        for key in (0, *campaigns.values_list("pk", flat=True)):
            acquire(Lock.TOTALS, key)
    except OperationalError as failure:
        raise BeingWritten(
            _("A load or a nightly run is at work; do this again once that has ended.")
        ) from failure


def content_to_erase(subject: str) -> dict[str, Any]:
    """Return which case is erased and why, to be shown and hashed; it does not name the member.

    Whom the case is about is on the page of erasures, until it is carried out.

    Raises:
        UnknownMember: there is no such case, or it was carried out.
        DrawOpen: a draw of the member, or its payout, has not ended.
    """
    erasure = Erasure.objects.filter(pk=case_of(subject), approval__isnull=True).first()
    if erasure is None:
        raise UnknownMember(_("This erasure was carried out already."))
    refuse_open_draws(erasure.wester_id)
    return {"case": erasure.pk, "member": erasure.hash, "reason": erasure.reason}


def refuse_open_draws(wester_id: str) -> None:
    """Refuse to erase an entrant of a draw whose payout is not closed.

    Raises:
        DrawOpen: there is such a draw; the message names it.
    """
    drawn = Entrant.objects.filter(wester_id=wester_id).exclude(draw__state=Draw.State.VOID)
    waiting = drawn.filter(draw__payout__closed_at__isnull=True)
    codes = waiting.order_by("draw_id").values_list("draw__campaign__code", flat=True)
    if codes:
        raise DrawOpen(
            _("This member is in a draw whose payout is not closed: %(campaigns)s. Close it first.")
            % {"campaigns": ", ".join(codes)}
        )


@approvals.action(
    ERASE,
    name=pgettext_lazy("approval", "Erasure of a member's data"),
    permission=PERMISSION,
    lock=lock_for_erasure,
    content=content_to_erase,
)
def erase_member(approval: Approval) -> None:
    """Erase a member as approved (called by the approval, in its transaction)."""
    erasure = Erasure.objects.get(pk=case_of(approval.subject))
    Session.objects.filter(session_key__in=find_sessions(erasure.wester_id)).delete()
    hashes, at = hashes_of(erasure.wester_id), decided_at(approval)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT points_erase_member(%s, %s, %s)", [approval.pk, json.dumps(hashes), at]
        )
    auditing.log_removal(approval)
