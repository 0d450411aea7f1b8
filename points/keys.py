"""The keys of transfers: computed from what a transfer is for, never random.

The same step for the same thing has the same key wherever and however often it is taken, so that
the database can tell a repeat. Each formula stands here twice, for Python and for PostgreSQL.
Source: docs/specs/points.md 1.4.
"""

import hashlib

CREDIT = "credit/v1"
RESERVE = "reserve/v1"
RELEASE = "release/v1"
FORFEIT = "forfeit/v1"
EXPIRE = "expire/v1"
GRANT = "grant/v1"
REVERSE = "reverse/v1"


def transfer_key(step: str, *parts: bytes) -> bytes:
    """Return the key of a step: SHA-256(step, a zero byte, the parts one after the other).

    The parts are the manifest hash and the pid for what is done with an award, the key of the
    other transfer for a reversal, campaign and terms' version for a grant.
    """
    return hashlib.sha256(step.encode("ascii") + b"\0" + b"".join(parts)).digest()


def key_sql(step: str, *parts: str) -> str:
    """Return the SQL expression of the same key; the parts are expressions of bytes."""
    return f"sha256('{step}'::bytea || '\\x00'::bytea || {' || '.join(parts)})"


def award_key_sql(step: str) -> str:
    """Return the key of a step with an award, where ``draw`` and ``entrant`` are at hand."""
    return key_sql(step, "draw.manifest_sha256", "entrant.pid")


def grant_key(code: str, version: int) -> bytes:
    """Return the key of the grant of a campaign's budget under one version of its terms."""
    return transfer_key(GRANT, code.encode("ascii"), b"\0", version.to_bytes(8, "big"))


def grant_key_sql(code: str, version: str) -> str:
    """Return the SQL expression of the same key; the parts are expressions of text and number."""
    return key_sql(GRANT, f"({code})::bytea", "'\\x00'::bytea", f"int8send({version})")
