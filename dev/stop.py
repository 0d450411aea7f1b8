"""``python -m dev.stop``: end the demo and the servers of this checkout."""

import sys

from config.env import state_folder
from core.errors import Refusal
from core.utf8 import restart_in_utf8
from dev.demo.instance import stop_demo
from dev.embedded import services


def main(words: list[str]) -> None:
    """Stop the demo and its servers, and print what was running."""
    if words:
        sys.exit("Usage: python -m dev.stop")
    try:
        demo = ["the demo"] if stop_demo(state_folder()) else []
        stopped = demo + services.stop(state_folder())
    except (OSError, Refusal) as refusal:
        sys.exit(f"Error: {refusal}")
    print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


if __name__ == "__main__":
    restart_in_utf8()
    main(sys.argv[1:])
