"""Signed-in members with entries and totals."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.test import Client

from campaign.models import AggregationRun, Campaign, Terms, Total
from core.sign_in.backends import MEMBER_BACKEND
from entries.models import Member
from tests.factories.campaign import JAPAN
from tests.factories.entries import MemberFactory

CODE = "012025121203"
DETAIL = f"/campaign/detail/{CODE}/"
ENTER, MY_PAGE = f"{DETAIL}entry/", f"{DETAIL}mypage/"
OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
ENTERED = datetime(2024, 12, 10, 12, 3, 21, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
AS_OF = datetime(2024, 12, 28, 3, 15, tzinfo=JAPAN)


def signed_in(member: Member | None = None, *, language: str = "ja", **options: Any) -> Client:
    """Return the browser of a member who has signed in."""
    client = Client(**options)
    client.force_login((member or MemberFactory.create()).user, backend=MEMBER_BACKEND)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def count_total(
    terms: Terms, wester_id: str, yen: int, *, awaiting_yen: int = 0, as_of: datetime = AS_OF
) -> None:
    """Store one member's total, as a finished run does."""
    Total.objects.create(
        campaign=terms.campaign,
        wester_id=wester_id,
        total_yen=yen,
        bookings=1 if yen else 0,
        awaiting_yen=awaiting_yen,
    )
    finish_run(terms, as_of=as_of)


def finish_run(terms: Terms, *, as_of: datetime = AS_OF) -> None:
    """Store a finished run."""
    AggregationRun.objects.create(
        campaign=terms.campaign,
        mode="full",
        terms=terms,
        terms_sha256="0" * 64,
        as_of=as_of,
        finished_at=as_of,
    )


def freeze(terms: Terms, at: datetime) -> None:
    """Store the instant of a freeze."""
    Campaign.objects.filter(pk=terms.campaign_id).update(entries_frozen_at=at)
