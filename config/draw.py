"""The secrets of the draw and its minimum delay: from the environment, or this checkout's own."""

import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from config.env import env, local_file, unfit

KEY_BYTES = 32
KEY = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}")
DAY = 86_400  # seconds


@dataclass(frozen=True)
class DrawSettings:
    """What the keys of a draw are encrypted under, and what its manifest is signed with.

    Keys are 32 bytes; empty where production has none. ``former_keys`` decrypt what was encrypted
    before the key was changed. ``min_gap_s`` is the minimum number of seconds between publishing
    and the round.
    """

    key: bytes = field(repr=False)
    former_keys: list[bytes] = field(repr=False)
    signing_key: bytes = field(repr=False)
    min_gap_s: int

    @property
    def may_serve(self) -> bool:
        """Whether the keys are set, and all differ."""
        keys = [self.key, *self.former_keys, self.signing_key]
        return all(keys) and len(set(keys)) == len(keys)


def read_draw(*, state: Path | None) -> DrawSettings:
    """Read the settings of the draw.

    Args: ``state``: the folder of the keys that are used where the environment has none
        (LOCAL_STATE_DIR); None in production.
    """
    key, *former_keys = read_keys("DRAW_KEY", state) or [b""]
    signing_key = read_single_key(
        "DRAW_SIGNING_KEY", state, why="a former one signs nothing any more"
    )
    return DrawSettings(
        key=key,
        former_keys=former_keys,
        signing_key=signing_key,
        min_gap_s=env.count("DRAW_MIN_GAP_S", default=DAY),
    )


def read_single_key(name: str, state: Path | None, *, why: str) -> bytes:
    """Read a key that has no former ones; empty where production has none."""
    key, *others = read_keys(name, state) or [b""]
    if others:
        raise unfit(name, f"must be one key: {why}")
    return key


def read_keys(name: str, state: Path | None) -> list[bytes]:
    """Read keys of 32 bytes in lower-case hex, the current one first."""
    texts = env.secrets(name)
    if not texts and state is not None:
        texts = [local_file(state / name.lower(), lambda: secrets.token_hex(KEY_BYTES))]
    if not all(KEY.fullmatch(text) for text in texts):
        raise unfit(name, "must be 32 random bytes as 64 lower-case hex digits")
    return [bytes.fromhex(text) for text in texts]
