"""Where the embedded servers keep their data, their sockets and their lock."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from config.refusals import ServiceFailed

SUPERUSER = "postgres"
DATABASE = "dodonto"
# A socket's whole path must fit into 107 bytes; 40 are left for the servers' own file names.
LONGEST_SOCKET_FOLDER = 67


class Places:
    """The folders under one state folder (LOCAL_STATE_DIR)."""

    def __init__(self, state: Path) -> None:
        self.state = state.absolute()
        self.postgres = self.state / "postgres"
        self.valkey = self.state / "valkey"
        self.sockets = socket_folder(self.state)
        self.valkey_socket = self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The database's address, the same before and after its server is started."""
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self.sockets))}"

    @property
    def broker_url(self) -> str:
        """Valkey's address, the same before and after it is started."""
        return f"unix://{quote(str(self.valkey_socket))}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time start or stop servers; a killed holder lets go by itself."""
        self.make(self.state)
        with (self.state / "services.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def make(self, folder: Path) -> None:
        """Make a folder that nobody else may look into.

        Raises:
            ServiceFailed: it cannot be made, or somebody else's folder stands there.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = folder.stat().st_uid
        except OSError as failure:
            raise ServiceFailed(
                f"The folder {folder} cannot be used ({failure.strerror}); "
                "set LOCAL_STATE_DIR to one that can be written."
            ) from failure
        if os.geteuid() not in (0, owner):
            raise ServiceFailed(
                f"The folder {folder} belongs to another user; set LOCAL_STATE_DIR to your own."
            )


def socket_folder(state: Path) -> Path:
    """Name the folder of the sockets, the same for every process that shares ``state``."""
    inside = state / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    name = hashlib.sha256(os.fsencode(state)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"dodonto-{os.geteuid()}-{name}"
