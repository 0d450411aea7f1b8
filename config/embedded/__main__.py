"""``python -m config.embedded stop``: end the demo and the servers of this folder."""

import sys

from config.embedded import services
from config.env import state_folder
from config.refusals import ServiceFailed
from config.utf8 import restart_in_utf8
from portal.demo.place import end_demo
from portal.demo.refusals import DemoRunning


def main(words: list[str]) -> None:
    """Carry out the one word there is."""
    if words != ["stop"]:
        sys.exit("Usage: python -m config.embedded stop")
    try:
        demo = ["the demo"] if end_demo(state_folder()) else []
        stopped = demo + services.stop(state_folder())
    except (DemoRunning, OSError, ServiceFailed) as refusal:
        sys.exit(f"Error: {refusal}")
    print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


if __name__ == "__main__":
    restart_in_utf8()
    main(sys.argv[1:])
