"""``python -m config.embedded stop``: end the servers of this folder."""

import sys

from config.embedded import services
from config.env import state_folder
from config.refusals import ServiceFailed


def main(words: list[str]) -> None:
    """Carry out the one word there is."""
    if words != ["stop"]:
        sys.exit("Usage: python -m config.embedded stop")
    try:
        stopped = services.stop(state_folder())
    except ServiceFailed as refusal:
        sys.exit(f"Error: {refusal}")
    print(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running.")


if __name__ == "__main__":
    main(sys.argv[1:])
