"""A beacon chain of this machine, for demo and tests.

A person who has its key can choose the result. Scheme and checks are those of the public chain;
only the key is ours. Source: docs/specs/draw-protocol.md 3.1.
"""

import hashlib
import secrets
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from core.atomic_files import PRIVATE, write_atomically
from core.errors import Refusal
from lottery.beacon import (
    GENERATOR_2,
    QUICKNET,
    SCHEME,
    ChainInfo,
    Round,
    chain_hash,
    check_round_number,
    message_point,
)

BEACON_ID = "pointdraw-local"
PERIOD = 3  # seconds
GENESIS_TIME = 1577836800  # 2020-01-01T00:00:00Z
KEY_FILE = "local_chain_key"
KEY_SIZE = 32  # bytes
# The order of the groups of BLS12-381: secret keys are smaller.
ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001


class SteerableChain(Refusal):
    """A chain whose key one party has; production uses only the public chain."""


class LocalKeyUnreadable(Refusal):
    """The key of the local chain is damaged, or its file cannot be used."""


def refuse_steerable_chain(chain: ChainInfo) -> None:
    """Check that production uses the public chain.

    Raises:
        SteerableChain: this is production and another chain.
    """
    if settings.PRODUCTION and chain != QUICKNET:
        raise SteerableChain("Production uses only drand's quicknet.")


def local_chain(folder: Path) -> ChainInfo:
    """Return the local chain of a state folder; the first call creates its key.

    Raises:
        SteerableChain: this is production.
        LocalKeyUnreadable: the folder or the key in it cannot be used.
    """
    return chain_of_key(read_key(folder))


def sign_round(folder: Path, number: int) -> Round:
    """Sign and return a round of the local chain.

    It reads no clock: callers wait until ``time_of`` the round.

    Raises:
        SteerableChain: this is production.
        LocalKeyUnreadable: the folder or the key in it cannot be used.
        BadRound: there is no round of this number.
    """
    check_round_number(number)
    signature: bytes = message_point(number).scalar_mul(read_key(folder)).compress()
    return Round(number, signature.hex(), hashlib.sha256(signature).hexdigest())


def chain_of_key(key: int) -> ChainInfo:
    """Return the chain of a secret key."""
    public_key: bytes = GENERATOR_2.scalar_mul(key).compress()
    chain = ChainInfo(
        chain_hash="",
        public_key=public_key.hex(),
        scheme=SCHEME,
        genesis_time=GENESIS_TIME,
        period=PERIOD,
        # drand hashes its group of signers here; ours is one, known by its key.
        group_hash=hashlib.sha256(public_key).hexdigest(),
        beacon_id=BEACON_ID,
    )
    return replace(chain, chain_hash=chain_hash(chain))


def read_key(folder: Path) -> int:
    """Return the secret key of a state folder; create it where there is none.

    Concurrent callers get the same key. Only the owner can read its file.

    Raises:
        SteerableChain: this is production.
        LocalKeyUnreadable: the folder or the key in it cannot be used.
    """
    if settings.PRODUCTION:
        raise SteerableChain("Production has no local chain: its key would steer the draw.")
    file = folder / KEY_FILE
    try:
        if not file.exists():
            write_key(file)
        key = int.from_bytes(bytes.fromhex(file.read_text("ascii")), "big")
    except (OSError, ValueError) as error:
        raise LocalKeyUnreadable(f"The key of the local chain, {file}, cannot be read.") from error
    if not 0 < key < ORDER:
        raise LocalKeyUnreadable(f"The key of the local chain, {file}, is no key.")
    return key


def write_key(file: Path) -> None:
    """Create a key; one that another process created meanwhile stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.randbelow(ORDER - 1) + 1
    content = key.to_bytes(KEY_SIZE, "big").hex().encode()
    write_atomically(file, [content], mode=PRIVATE, replace=False)
