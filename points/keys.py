"""The keys of transfers: computed from what a transfer is for, never random.

The same step for the same thing has the same key wherever and however often it is taken, so that
the database recognizes a repeat. The formula stands here for Python and once, in
points/sql/transfer_key.sql, for PostgreSQL. Steps of an award: ``credit/v2``, ``reserve/v2``,
``release/v2``, ``forfeit/v2``, ``expire/v2``; others: ``grant/v1``, ``reverse/v1``.
Source: docs/specs/points.md 1.4.
"""

import hashlib

CREDIT = "credit/v2"
GRANT = "grant/v1"
REVERSE = "reverse/v1"


def transfer_key(step: str, *parts: bytes) -> bytes:
    """Compute the key of a step: SHA-256(step, a zero byte, the parts).

    The parts, one after the other, are those of ``award_key`` for what is done with an award, the
    key of the other transfer for a reversal, campaign and terms' version for a grant.
    """
    return hashlib.sha256(step.encode("ascii") + b"\0" + b"".join(parts)).digest()


def award_key(step: str, manifest_sha256: bytes, pid: bytes, prize: int) -> bytes:
    """Compute the key of a step of one award; prizes have numbers from 1 in the plan's order."""
    return transfer_key(step, manifest_sha256, pid, prize.to_bytes(2, "big"))


def grant_key(code: str, version: int) -> bytes:
    """Compute the key of the grant of a budget under one version of terms."""
    return transfer_key(GRANT, code.encode("ascii"), b"\0", version.to_bytes(8, "big"))
