"""What of a draw is public, and when.

Nothing of the list before its publication, and nothing of a result before its confirmation, unless
the draw is void.
Source: the draw protocol, "Who does what, when".
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

LIST_FILES = ("terms.json", "manifest.json", "manifest.sig", "entries.bin", "verify_draw.py")
RESULT_FILES = ("round.json", "result.json", "winners.csv")


class Times(Protocol):
    """When what happened to a draw; None: not yet, or never."""

    publish_by: datetime
    round_time: datetime
    published_at: datetime | None
    drawn_at: datetime | None
    confirmed_at: datetime | None
    voided_at: datetime | None


class Stage(StrEnum):
    """How far people see that a draw has come."""

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
        return Stage.FROZEN if now <= draw.publish_by else Stage.MISSED
    return Stage.PUBLISHED if now < draw.round_time else Stage.DRAWING


def shows_result(draw: Times) -> bool:
    """Say whether the result is public: confirmed, or void after it had been run."""
    return draw.drawn_at is not None and (
        draw.confirmed_at is not None or draw.voided_at is not None
    )


def public_files(draw: Times) -> tuple[str, ...]:
    """Return the names of the files that everybody may fetch.

    A draw that was never published and is run only to be void comes out whole, with the void.
    """
    if shows_result(draw):
        return LIST_FILES + RESULT_FILES
    return () if draw.published_at is None else LIST_FILES
