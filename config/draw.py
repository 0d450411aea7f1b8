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

    Keys are 32 bytes; empty where production has none. ``min_gap_s`` is the minimum number of
    seconds between publishing and the round.
    """

    key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    min_gap_s: int

    @property
    def may_serve(self) -> bool:
        """Whether both keys are set, and differ."""
        return bool(self.key and self.signing_key) and self.key != self.signing_key


def read_draw(*, state: Path | None) -> DrawSettings:
    """Read the settings of the draw.

    Args: ``state``: the folder of the keys that are used where the environment has none
        (LOCAL_STATE_DIR); None in production.
    """
    return DrawSettings(
        key=read_key("DRAW_KEY", state),
        signing_key=read_key("DRAW_SIGNING_KEY", state),
        min_gap_s=env.count("DRAW_MIN_GAP_S", default=DAY),
    )


def read_key(name: str, state: Path | None) -> bytes:
    """Read a key of 32 bytes in lower-case hex."""
    text = env.secret(name)
    if not text and state is not None:
        text = local_file(state / name.lower(), lambda: secrets.token_hex(KEY_BYTES))
    if text and not KEY.fullmatch(text):
        raise unfit(name, "must be 32 random bytes as 64 lower-case hex digits")
    return bytes.fromhex(text)
