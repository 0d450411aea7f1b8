"""The public stage of a draw. Source: docs/specs/draw-protocol.md 4."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

# A draw can be published during the whole second of ``publish_by``.
SECOND = timedelta(seconds=1)


class DrawTimes(Protocol):
    """The instants of a draw that its stage depends on."""

    publish_by: datetime
    round_time: datetime
    published_at: datetime | None
    confirmed_at: datetime | None
    voided_at: datetime | None


class DrawStage(StrEnum):
    """How far a draw has come, as the public sees it."""

    FROZEN = "frozen"
    MISSED = "missed"  # not published in time; it can only become void
    PUBLISHED = "published"
    DRAWING = "drawing"
    CONFIRMED = "confirmed"
    VOID = "void"


def stage_of(draw: DrawTimes, *, now: datetime) -> DrawStage:
    """Return the public stage; a result shows only once it is confirmed."""
    if draw.voided_at is not None:
        return DrawStage.VOID
    if draw.confirmed_at is not None:
        return DrawStage.CONFIRMED
    if draw.published_at is None:
        return DrawStage.FROZEN if now < draw.publish_by + SECOND else DrawStage.MISSED
    return DrawStage.PUBLISHED if now < draw.round_time else DrawStage.DRAWING


def next_change(draw: DrawTimes, *, now: datetime) -> datetime | None:
    """Return when the stage changes next with time only; None where it does not."""
    edge = draw.publish_by + SECOND if draw.published_at is None else draw.round_time
    ended = draw.voided_at is not None or draw.confirmed_at is not None
    return None if ended or edge <= now else edge
