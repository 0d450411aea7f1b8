"""Correct credits as people decide: resolve an open key, or reverse a credit.

One person requests it with a reason; it is carried out when another one approves.
Source: docs/specs/points.md 1, 3.
"""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from psycopg import sql

from core import approvals
from core.audit import Actor
from core.locks import Lock, acquire
from core.models import Approval
from points.definitions import is_key
from points.models import (
    CreditFile,
    CreditStatus,
    KeyStanding,
    Payout,
    Resolution,
    Reversal,
    Transfer,
)
from points.queries import decided_at
from points.refusals import (
    AwardExceeded,
    BeingSettled,
    CreditReversed,
    NothingOpen,
    NotReversible,
    UnfitReason,
    UnknownKey,
    UnknownTransfer,
)
from points.reversing import find_forfeit, reverse_and_credit, reverse_and_forfeit
from points.settling import refuse_closed

RESOLVE, REVERSE = "payout.resolve", "points.reverse"
MAY_RESOLVE, MAY_REVERSE = "points.request_resolution", "points.request_reversal"
MAX_REASON_LENGTH = 500
NUMBER_FORM = re.compile("[0-9]{1,18}")
ONE_CREDIT = sql.SQL("SELECT %(transfer)s::bigint AS transfer_id, %(detail)s::text AS detail")


def lock_ledger_for_approval(_subject: str) -> None:
    """Lock the ledger exclusively until the transaction ends."""
    acquire(Lock.LEDGER)


def read_reason(reason: str) -> str:
    """Return a reason without spaces around it.

    Raises:
        UnfitReason: it is empty, too long, or more than one line.
    """
    text = reason.strip()
    if not (0 < len(text) <= MAX_REASON_LENGTH and text.isprintable()):
        raise UnfitReason(
            _("The reason is one line of at most %(most)s characters.")
            % {"most": MAX_REASON_LENGTH}
        )
    return text


# Keys on which both sides differ


@transaction.atomic
def request_resolution(
    *, payout: Payout, key: bytes, verdict: str, reason: str, actor: Actor, at: datetime
) -> Approval:
    """Request that a key count as ``credited`` or ``rejected``, whatever the other side answers.

    Raises:
        UnknownKey: no credit and no answer of this payout has it.
        NothingOpen: both sides agree on it, or it was resolved.
        CreditReversed: it is to be credited, and its credit was reversed or no award can be.
        AwardExceeded: it is to be credited, and the answer is more than its award.
        UnfitReason, PayoutClosed, NotPermitted: as their own docstrings say.
    """
    acquire(Lock.LEDGER)
    refuse_closed(payout)
    find_forfeit_to_reverse(find_open_key(payout, key), verdict)
    resolution, _created = Resolution.objects.update_or_create(
        payout=payout, credit_key=key, defaults={"verdict": verdict, "reason": read_reason(reason)}
    )
    subject = f"{payout.draw.campaign.code}/{resolution.pk}"
    return approvals.request(action=RESOLVE, subject=subject, actor=actor, at=at)


def find_open_key(payout: Payout, key: bytes) -> KeyStanding:
    """Return the standing of an open key.

    Raises:
        UnknownKey, NothingOpen: there is no such key, or it is settled.
    """
    standing = KeyStanding.objects.filter(payout=payout, credit_key=key).first()
    if standing is None:
        raise UnknownKey(_("No credit and no result of this payout has this key."))
    if not standing.is_open:
        raise NothingOpen(_("Both sides agree on this key, or it was resolved."))
    return standing


def find_forfeit_to_reverse(standing: KeyStanding, verdict: str) -> Transfer | None:
    """Return the forfeit that a verdict reverses; None where it credits nothing.

    The points system credited an award that is forfeited here. This happens after a database is
    restored to before the payout: a member who left since then was credited before the restore and
    forfeits now.

    Raises:
        CreditReversed: it is to be credited, and its credit was reversed, no award can be credited,
            or it was not answered as credited.
        AwardExceeded: it is to be credited, and more was credited there than the award.
    """
    if verdict != CreditStatus.CREDITED or find_standing_credit(standing):
        return None
    forfeit = None
    if standing.transfer_id is None and standing.answered == verdict and standing.answered_points:
        forfeit = find_forfeit(standing.payout.draw, bytes(standing.credit_key))
    if forfeit is None:
        raise CreditReversed(
            _("No credit stands for this key, and no award is credited twice; reject it.")
        )
    if (standing.answered_points or 0) > forfeit.points:
        raise AwardExceeded(
            _("The points system credited more than the award; have it corrected there first.")
        )
    return forfeit


def find_standing_credit(standing: KeyStanding) -> int | None:
    """Return the number of a key's credit, if it has one that stands."""
    return None if standing.is_reversed else standing.transfer_id


def find_resolution(subject: str) -> Resolution:
    """Return the resolution that an approval is about."""
    _code, _slash, number = subject.rpartition("/")
    return Resolution.objects.select_related("payout__draw__campaign").get(pk=int(number))


def content_to_resolve(subject: str) -> dict[str, Any]:
    """Return how a key would end, with both sides' values, to be shown and hashed.

    Raises:
        NothingOpen, CreditReversed, AwardExceeded, PayoutClosed: what both sides say has changed.
    """
    resolution = find_resolution(subject)
    refuse_closed(resolution.payout)
    standing = find_open_key(resolution.payout, bytes(resolution.credit_key))
    forfeit = find_forfeit_to_reverse(standing, resolution.verdict)
    return {
        **({"award_points": forfeit.points, "forfeited": forfeit.reason} if forfeit else {}),
        "campaign": resolution.payout.draw.campaign.code,
        "credit_key": bytes(resolution.credit_key).hex(),
        "class": standing.classed,
        "points": standing.points,
        "answered_points": standing.answered_points,
        "verdict": resolution.verdict,
        "reason": resolution.reason,
    }


@approvals.action(
    RESOLVE,
    name=pgettext_lazy("approval", "Resolution of a key"),
    permission=MAY_RESOLVE,
    lock=lock_ledger_for_approval,
    content=content_to_resolve,
)
def resolve_key(approval: Approval) -> None:
    """Resolve a key as was approved (called by the approval, in its transaction)."""
    resolution = find_resolution(approval.subject)
    standing = find_open_key(resolution.payout, bytes(resolution.credit_key))
    forfeit = find_forfeit_to_reverse(standing, resolution.verdict)
    Resolution.objects.filter(pk=resolution.pk).update(approval=approval)
    if forfeit and standing.answered_points:
        reverse_and_credit(
            forfeit, standing.answered_points, approval=approval, at=decided_at(approval)
        )
    credit = find_standing_credit(standing)
    if credit is not None and resolution.verdict == CreditStatus.REJECTED:
        forfeit_credit(credit, resolution.reason, "rejected", approval)


# Credits that were a mistake


@transaction.atomic
def request_reversal(
    *, transfer: Transfer, reason: str, actor: Actor, at: datetime
) -> Approval | None:
    """Request that a credit be reversed and its award forfeited; None where it was.

    Raises:
        NotReversible: it is no credit, or its points have expired.
        BeingSettled: it is in the file of credits and the payout is not closed.
        UnfitReason, NotPermitted: as their own docstrings say.
    """
    acquire(Lock.LEDGER)
    if transfer.kind == Transfer.Kind.CREDIT and transfer.reversals.exists():
        return None
    refuse_irreversible(transfer)
    Reversal.objects.update_or_create(transfer=transfer, defaults={"reason": read_reason(reason)})
    return approvals.request(action=REVERSE, subject=str(transfer.pk), actor=actor, at=at)


def refuse_irreversible(transfer: Transfer) -> None:
    """Refuse to reverse anything but a credit that stands and is not being settled.

    A reserve is reversed by voiding its draw; the other kinds are the ends of awards.

    Raises:
        NotReversible, BeingSettled: see above.
    """
    award = transfer.award
    if transfer.kind != Transfer.Kind.CREDIT or award is None:
        raise NotReversible(_("Only a credit can be reversed; a reserve is by voiding its draw."))
    if transfer.reversals.exists():
        raise NotReversible(_("This credit was reversed already."))
    if award.transfers.filter(kind=Transfer.Kind.FORFEIT).exists():
        raise NotReversible(
            _("This award was forfeited before people had it credited; it is not forfeited again.")
        )
    if award.transfers.filter(kind=Transfer.Kind.EXPIRE).exists():
        raise NotReversible(_("The points of this credit have expired."))
    open_files = CreditFile.objects.filter(payout__closed_at__isnull=True)
    if open_files.filter(payout__draw=award.draw_id, last_transfer__gte=transfer.pk).exists():
        raise BeingSettled(
            _(
                "This credit was sent to the points system; its key is resolved, or the payout "
                "closed first."
            )
        )


def find_transfer(name: str) -> Transfer:
    """Return a transfer by its number or by its key in hex.

    Raises:
        UnknownTransfer: there is none.
    """
    known = Transfer.objects.select_related("award")
    transfer = None
    if is_key(name):
        transfer = known.filter(key=bytes.fromhex(name)).first()
    elif NUMBER_FORM.fullmatch(name):
        transfer = known.filter(pk=int(name)).first()
    if transfer is None:
        raise UnknownTransfer(_("There is no transfer of this number or key."))
    return transfer


def content_to_reverse(subject: str) -> dict[str, Any]:
    """Return what would be reversed and why, to be shown and hashed.

    Raises:
        NotReversible, BeingSettled: as for the request.
    """
    transfer = find_transfer(subject)
    refuse_irreversible(transfer)
    return {
        "transfer": transfer.pk,
        "key": bytes(transfer.key).hex(),
        "points": transfer.points,
        "reason": Reversal.objects.get(transfer=transfer).reason,
    }


@approvals.action(
    REVERSE,
    name=pgettext_lazy("approval", "Reversal of a credit"),
    permission=MAY_REVERSE,
    lock=lock_ledger_for_approval,
    content=content_to_reverse,
)
def reverse_credit(approval: Approval) -> None:
    """Reverse a credit as was approved (called by the approval, in its transaction)."""
    transfer = find_transfer(approval.subject)
    reversal = Reversal.objects.get(transfer=transfer)
    Reversal.objects.filter(pk=reversal.pk).update(approval=approval)
    forfeit_credit(transfer.pk, reversal.reason, "reversed", approval)


def forfeit_credit(transfer_id: int, detail: str, reason: str, approval: Approval) -> None:
    """Reverse one credit and forfeit its award."""
    reverse_and_forfeit(
        ONE_CREDIT,
        {"transfer": transfer_id, "detail": detail},
        reason=reason,
        at=decided_at(approval),
        made_by=approval.action,
        approval=approval.pk,
    )
