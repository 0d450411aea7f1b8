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
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/healthz/live", headers={"Host": name.removeprefix(".")})
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(PORT) else 1)
