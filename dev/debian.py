"""Install what Debian leaves out of Python and of its images, where that is allowed.

Used for ``ensurepip`` (dev.bootstrap) and for Chromium with a Japanese font (dev.browser). Standard
library only: it runs before any dependency is there.
"""

import os
import shutil
import subprocess
import sys


def install(*packages: str) -> None:
    """Install Debian packages as root; elsewhere do nothing.

    A failure is not raised: callers look for what they need afterwards.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {' and '.join(packages)} (apt-get) ...", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        command = ["apt-get", "-qq", *words]
        subprocess.run(command, check=False, env=environment, stdout=sys.stderr)
