"""Ask the server in this container whether it lives: ``python config/alive.py``, exit 0 or 1.

Run as a file, every few seconds: the standard library and nothing else.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

PORT = 8000
PATIENCE_S = 4
OK = 200


def is_alive(port: int) -> bool:
    """Ask as a load balancer does, by a name that the site answers to."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        name = known_name(os.environ.get("ALLOWED_HOSTS", ""))
        connection.request("GET", "/healthz/live", headers={"Host": name})
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def known_name(hosts: str) -> str:
    """Return the first name of ALLOWED_HOSTS; where any name or none is listed, localhost."""
    names = [name.strip() for name in hosts.split(",")]
    first = next((name for name in names if name), "*")
    return "localhost" if first == "*" else first.removeprefix(".")


if __name__ == "__main__":
    sys.exit(0 if is_alive(PORT) else 1)
