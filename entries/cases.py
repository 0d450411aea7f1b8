"""Answer a member: the case that a person of staff opens, its identity check and its notes."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from campaign import eligibility
from campaign.models import Campaign
from core import approvals, audit
from core.audit import Actor
from core.models import User
from entries import looking
from entries.models import CaseNote, Entry, Member, MemberCase
from entries.receipts import entry_of_receipt, receipt_number

MAY_NOTE = "entries.add_casenote"
TOKEN_BYTES = 24  # as 32 letters
REUSED_FOR = timedelta(hours=1)
DIGITS_ASKED = 4  # the last ones of a receipt number
SHOWN = 50  # notes, cases and cases handed over that a page lists
Kind = CaseNote.Kind


@transaction.atomic
def open_case(*, wester_id: str, actor: Actor, at: datetime) -> MemberCase:
    """Return the case in which this person answers this member; one of the last hour is used again.

    Raises:
        NotPermitted: the person may not view members.
    """
    approvals.require(actor.user, looking.PERMISSION)
    own = MemberCase.objects.filter(wester_id=wester_id, opened_by=actor.user)
    recent = own.filter(opened_at__gt=at - REUSED_FOR, opened_at__lte=at)
    return recent.order_by("-opened_at", "-id").first() or MemberCase.objects.create(
        token=secrets.token_urlsafe(TOKEN_BYTES),
        wester_id=wester_id,
        opened_by=actor.user,
        opened_at=at,
    )


def record_search(
    *,
    actor: Actor,
    found: int,
    case: MemberCase | None,
    bookings: Sequence[int] = (),
    candidates: Sequence[str] = (),
    at: datetime,
) -> None:
    """Record in the audit that somebody searched: what was found, and nothing that was typed.

    Args: ``bookings``: the keys of bookings that were found and belong to no member;
        ``candidates``: the WESTER IDs of those to choose among, recorded by our own numbers.
    """
    detail: dict[str, Any] = {"found": found, "case": case.pk if case else None}
    if bookings:
        detail |= {"bookings": [*bookings]}
    if candidates:
        detail |= {"entries": keys_of(Entry, candidates), "member": keys_of(Member, candidates)}
    audit.record(actor=actor, action="member.searched", subject="members", at=at, detail=detail)


def keys_of(model: type[Entry | Member], wester_ids: Sequence[str]) -> list[int]:
    """Return the keys of the entries or accounts of members, in order."""
    rows = model.objects.filter(wester_id__in=wester_ids)
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def check_identity(
    *, case: MemberCase, last_four: str, travel_date: date | None, actor: Actor, at: datetime
) -> bool:
    """Return whether all that a caller said is right, and note it in the case.

    ``last_four`` is the end of a receipt number of any of the member's entries, ``travel_date`` the
    day of any of their bookings; empty or None: not asked.

    Raises:
        NotPermitted: the person may not note anything.
    """
    is_right = bool(last_four or travel_date)
    if last_four:
        is_right &= is_end_of_receipt(case.wester_id, last_four)
    if travel_date:
        own = eligibility.of_member(case.wester_id)
        is_right &= own.filter(travel_date=travel_date).exists()
    kind = Kind.IDENTIFIED if is_right else Kind.NOT_IDENTIFIED
    add_note(case=case, campaign=None, kind=kind, text="", actor=actor, at=at)
    return is_right


def is_end_of_receipt(wester_id: str, typed: str) -> bool:
    """Return whether a receipt number of a member ends so, typed in any way."""
    entries = Entry.objects.filter(wester_id=wester_id).values_list("pk", flat=True)
    receipts = (receipt_number(pk) for pk in entries)
    # The rest of the number does not matter: what is typed is put in place of its end.
    return any(
        entry_of_receipt(receipt[:-DIGITS_ASKED] + typed) == entry_of_receipt(receipt)
        for receipt in receipts
    )


@transaction.atomic
def add_note(
    *,
    case: MemberCase,
    campaign: Campaign | None,
    kind: str,
    text: str,
    actor: Actor,
    at: datetime,
) -> CaseNote:
    """Note what was answered, and record in the audit that it was.

    Args: ``campaign``: the one that was answered about; ``text`` names no member.

    Raises:
        NotPermitted: the person may not note anything.
    """
    approvals.require(actor.user, MAY_NOTE)
    note = CaseNote.objects.create(
        case=case, campaign=campaign, kind=kind, text=text, noted_by=actor.user, noted_at=at
    )
    audit.record(
        actor=actor,
        action="member.noted",
        subject=campaign.code if campaign else "members",
        at=at,
        detail={"case": case.pk, "note": note.pk, "kind": kind},
    )
    return note


def notes_of(wester_id: str) -> QuerySet[CaseNote]:
    """Return the last notes of all cases of a member, the newest first."""
    notes = CaseNote.objects.filter(case__wester_id=wester_id)
    return notes.select_related("noted_by", "campaign").order_by("-noted_at", "-id")[:SHOWN]


def cases_of(wester_id: str) -> QuerySet[MemberCase]:
    """Return the last cases of a member, the newest first: who looked."""
    cases = MemberCase.objects.filter(wester_id=wester_id).select_related("opened_by")
    return cases.order_by("-opened_at", "-id")[:SHOWN]


def last_cases_of(user: User) -> QuerySet[MemberCase]:
    """Return the last cases that a person opened, the newest first."""
    return MemberCase.objects.filter(opened_by=user).order_by("-opened_at", "-id")[:SHOWN]


def handed_over() -> QuerySet[CaseNote]:
    """Return the notes that hand a member over and that no note follows, the newest first."""
    later = CaseNote.objects.filter(
        case__wester_id=OuterRef("case__wester_id"), id__gt=OuterRef("id")
    )
    notes = CaseNote.objects.filter(kind=Kind.HANDED_OVER)
    open_ones = notes.filter(~Exists(later)).select_related("case", "noted_by", "campaign")
    return open_ones.order_by("-noted_at", "-id")[:SHOWN]
