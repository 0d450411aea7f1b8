"""Draws and browsers for the tests of the draw's pages."""

from datetime import datetime, timedelta

from django.conf import settings
from django.test import Client

from core.sign_in.backends import MEMBER_BACKEND
from entries.models import Member
from lottery.models import Draw
from tests.factories.entries import MemberFactory
from tests.factories.lottery import FREEZES, ROUND, confirm, frozen_draw, publish, run, void

HOUR = timedelta(hours=1)
# Who has such a total is drawn for sure where the budget suffices, and for none where it does not.
TOTALS = {"W1": 5_000, "W2": 12_340, "W3": 30_000}
STAGES = ("frozen", "published", "drawing", "drawn", "confirmed", "void")
LATER = ROUND + timedelta(hours=3)
SEEN_AT = {
    "frozen": FREEZES + HOUR,
    "published": ROUND - HOUR,
    "drawing": ROUND + HOUR,
    "drawn": LATER,
    "confirmed": LATER,
    "void": LATER,
}
VOID_REASON = "A feed file had been overlooked."


def draw_at(stage: str, draw: Draw | None = None) -> Draw:
    """Return a draw at a stage."""
    draw = draw or frozen_draw(TOTALS)
    if stage != "frozen":
        draw = publish(draw)
    if stage in ("drawn", "confirmed", "void"):
        draw = run(draw)
    if stage == "confirmed":
        return confirm(draw)
    return void(draw, reason=VOID_REASON, at=LATER - HOUR) if stage == "void" else draw


def address(draw: Draw, path: str = "") -> str:
    """Return the address of the draw's page, or of a path below it."""
    return f"/campaign/detail/{draw.campaign.code}/draw/{path}"


def browser_of(wester_id: str, *, language: str = "ja") -> Client:
    """Return the browser of a member who is signed in."""
    member: Member = MemberFactory.create(wester_id=wester_id)
    client = Client()
    client.force_login(member.user, backend=MEMBER_BACKEND)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def visitor(language: str = "ja") -> Client:
    """Return the browser of a visitor who is not signed in."""
    client = Client()
    if language != "ja":
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def moment(stage: str) -> datetime:
    """Return an instant at which a draw is at this stage."""
    return SEEN_AT[stage]
