"""How far people see that a draw has come. Source: docs/specs/draw-protocol.md 4."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

SECOND = timedelta(seconds=1)  # instants of a draw are whole; in its last one it can be published


class Times(Protocol):
    """When what happened to a draw; None: not yet, or never."""

    publish_by: datetime
    round_time: datetime
    published_at: datetime | None
    confirmed_at: datetime | None
    voided_at: datetime | None


class Stage(StrEnum):
    """The stages of a draw, as everybody may know of them."""

    FROZEN = "frozen"
    MISSED = "missed"  # not published in time, so it can only become void
    PUBLISHED = "published"
    DRAWING = "drawing"
    CONFIRMED = "confirmed"
    VOID = "void"


def stage_of(draw: Times, *, now: datetime) -> Stage:
    """Return the stage; that a draw has been run shows only once it is confirmed."""
    if draw.voided_at is not None:
        return Stage.VOID
    if draw.confirmed_at is not None:
        return Stage.CONFIRMED
    if draw.published_at is None:
        return Stage.FROZEN if now < draw.publish_by + SECOND else Stage.MISSED
    return Stage.PUBLISHED if now < draw.round_time else Stage.DRAWING


def next_change(draw: Times, *, now: datetime) -> datetime | None:
    """Return the instant at which the clock alone changes the stage; None where it never will."""
    edge = draw.publish_by + SECOND if draw.published_at is None else draw.round_time
    ended = draw.voided_at is not None or draw.confirmed_at is not None
    return None if ended or edge <= now else edge
