"""A member with a row in every table, and the steps of an erasure and of a purge."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.sessions.backends.db import SessionStore

from bookings.loading import FileOutcome, load_file
from core.audit import Actor
from core.models import Approval
from entries.definitions import ENTRIES, MEMBERSHIPS
from entries.feeds import FEEDS
from entries.models import Member
from points import closing, erasing
from points.models import Erasure, Payout
from tests.approving import approve, person
from tests.factories.entries import MemberFactory
from tests.feedfiles import (
    booking_row,
    ex_booking_row,
    registration_row,
    write_feed_file,
    write_registrations,
)
from tests.points.answers import answer, export, settle
from tests.points.steps import CREDIT_AT, paid

CLOSED_AT = CREDIT_AT + timedelta(days=3)
ERASED_AT = CREDIT_AT + timedelta(days=30)
# A journey that the network of the migrations knows.
EX_JOURNEY = "東海道・山陽・九州新幹線:東京>新神戸"
REASON = "Asked for in writing."


def closed(folder: Path, totals: dict[str, int], **options: Any) -> Payout:
    """Return a payout that is settled and closed."""
    payout = paid(totals, **options)
    settle(payout, folder, map(answer, export(payout, folder)))
    closing.close_payout(payout=payout, at=CLOSED_AT)
    payout.refresh_from_db()
    return payout


def load(path: Path) -> FileOutcome:
    return load_file(path=path, feeds=FEEDS, loaded_at=CREDIT_AT)


def feed_files(folder: Path, *, campaign: str, sequence: int = 1) -> list[Path]:
    """Write a file of each feed that names W1 and W2; the second time in other bytes.

    Of bookings there is a new event of each then.
    """
    line_end = "\n" if sequence == 1 else "\r\n"
    both = (("W1", "X1", "1"), ("W2", "X2", "2"))
    at = "2024-12-20T10:00:00+09:00"
    bookings = [
        row
        for member, number, n in both
        for row in (
            booking_row(event_id=f"E{n}", reservation_no=f"R{n}", wester_id=member),
            ex_booking_row(
                journey=EX_JOURNEY, event_id=f"F{n}", reservation_no=f"Q{n}", ex_member_no=number
            ),
            booking_row(
                event_id=f"G{n}-{sequence}",
                reservation_no=f"R{n}",
                wester_id=member,
                event_type="used",
                occurred_at="2024-12-30T10:00:00+09:00",
            ),
        )
    ]
    return [
        write_feed_file(folder, bookings, sequence=sequence, line_end=line_end),
        write_registrations(
            folder,
            [
                registration_row(
                    ex_member_no=number,
                    wester_id=member,
                    points_registered_at=f"{at[:18]}{n}+09:00",
                )
                for member, number, n in both
            ],
            sequence=sequence,
            line_end=line_end,
        ),
        write_feed_file(
            folder,
            [{"wester_id": member, "status": "active", "changed_at": at} for member, *_ in both],
            definition=MEMBERSHIPS,
            sequence=sequence,
            line_end=line_end,
        ),
        write_feed_file(
            folder,
            [
                {"wester_id": one, "campaign": campaign, "entered_at": at, "channel": "app"}
                for one, *_ in both
            ],
            definition=ENTRIES,
            sequence=sequence,
            line_end=line_end,
        ),
    ]


def sign_in(member: Member) -> str:
    """Return the key of a session in which a member is signed in."""
    session = SessionStore()
    session["_auth_user_id"] = str(member.user_id)
    session.create()
    return str(session.session_key)


def member_of(wester_id: str) -> Member:
    return MemberFactory.create(wester_id=wester_id, user__is_staff=False, user__username=wester_id)


def erasure_request(
    wester_id: str, *, at: datetime = ERASED_AT, actor: Actor | None = None
) -> Approval:
    """Return the request to erase a member."""
    approval, _counts = erasing.request_erasure(
        wester_id=wester_id, reason=REASON, actor=actor or person("support"), at=at
    )
    assert approval
    return approval


def erased(wester_id: str, *, at: datetime = ERASED_AT) -> Erasure:
    """Erase a member: one person requests it, another approves."""
    approval = approve(erasure_request(wester_id, at=at), at=at)
    return Erasure.objects.get(approval=approval)
