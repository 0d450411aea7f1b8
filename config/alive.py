"""The container's health check: ``python config/alive.py`` exits with 0 or 1.

It runs as a file every few seconds, so it imports only the standard library.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

PORT = 8000
TIMEOUT_S = 4
OK = 200


def is_alive(port: int) -> bool:
    """Return whether the server answers a request for one of its host names."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        host = allowed_host(os.environ.get("ALLOWED_HOSTS", ""))
        connection.request("GET", "/healthz/live", headers={"Host": host})
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def allowed_host(hosts: str) -> str:
    """Return the first name of ALLOWED_HOSTS; localhost where it is empty or ``*``."""
    names = [name.strip() for name in hosts.split(",")]
    first = next((name for name in names if name), "*")
    return "localhost" if first == "*" else first.removeprefix(".")


if __name__ == "__main__":
    sys.exit(0 if is_alive(PORT) else 1)
