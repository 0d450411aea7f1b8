"""Where the embedded servers have their data, their sockets and their lock."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from core.rights import APP, OWNER
from dev.refusals import ServiceFailed

SUPERUSER = "postgres"
DATABASE = "dodonto"
PORT = 5432  # names the socket, and overrides a PGPORT of the environment
# A socket's whole path must fit into 107 bytes; 40 are left for the servers' own file names.
MAX_SOCKET_FOLDER_BYTES = 67
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - not TMPDIR, which differs between two sessions


class StateFolder:
    """The folders under one state folder (LOCAL_STATE_DIR), the same by any of its names."""

    def __init__(self, state: Path) -> None:
        self.state = state.resolve()
        self.mark = f"dodonto-{hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]}"
        self.postgres = self.state / "postgres"
        self.valkey = self.state / "valkey"
        self.sockets = self.state / "run"
        # A comma would make two hosts of it.
        if len(os.fsencode(self.sockets)) > MAX_SOCKET_FOLDER_BYTES or "," in str(self.sockets):
            self.sockets = SHORT_FOLDER / f"{self.mark}-{os.geteuid()}"
        self.valkey_socket = self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The database's address, the same before and after its server is started."""
        return self.database_address(DATABASE, APP)

    @property
    def owner_url(self) -> str:
        """The database's address for the role that owns what is in it."""
        return self.database_address(DATABASE, OWNER)

    @property
    def broker_url(self) -> str:
        """Valkey's address, the same before and after it is started."""
        return f"unix://{quote(str(self.valkey_socket))}"

    def database_address(self, name: str, role: str = SUPERUSER) -> str:
        """Return the address of one of the server's databases for a role."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{role}@/{name}?host={host}&port={PORT}&connect_timeout=5"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the start and stop of servers; a killed process releases the lock.

        Raises:
            ServiceFailed: the state folder cannot be used.
        """
        self.create(self.state)
        with usable(self.state):
            handle = (self.state / "services.lock").open("wb")
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def create(self, folder: Path) -> None:
        """Create a folder that only its owner may read.

        Raises:
            ServiceFailed: it cannot be made, or it belongs to another user.
        """
        with usable(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = folder.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise ServiceFailed(
                f"The folder {folder} belongs to another user; set LOCAL_STATE_DIR to your own."
            )


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Turn an OSError inside the block into one sentence about the folder."""
    try:
        yield
    except OSError as failure:
        raise ServiceFailed(
            f"The folder {folder} cannot be used ({failure.strerror}); "
            "set LOCAL_STATE_DIR to one that can be written."
        ) from failure
