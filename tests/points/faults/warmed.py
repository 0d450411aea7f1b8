"""A process that has everything imported and is connected to nothing: it forks others for a job.

It reads a line of JSON for each job and answers with the number of the process that does it; for
``{"look": PID}`` with how that process is: null while it runs.
"""

import gc
import json
import os
import sys
import traceback
from typing import Any

import django

django.setup()

from celery import current_app  # noqa: E402 - after the settings
from django.conf import settings  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from tests.points.faults.jobs import run_job  # noqa: E402


def main() -> None:
    """Serve until the input ends."""
    warm_up()
    for line in sys.stdin:
        requested = json.loads(line)
        answer = look_at(requested["look"]) if "look" in requested else fork(requested)
        print(json.dumps(answer), flush=True)


def warm_up() -> None:
    """Import what a job would import only when it comes to it."""
    current_app.loader.import_default_modules()
    assert settings.configured
    assert get_resolver().url_patterns
    gc.freeze()  # what stands here is shared with every job, and is not to be copied for each


def fork(job: dict[str, Any]) -> int:
    """Start a process that does the job; return its pid."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run_job(job)
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it is told and is the end of the process
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def look_at(child: int) -> str | None:
    """Return how a process is; one that has ended is asked after once."""
    found, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
    if not found:
        return None
    if os.WIFSTOPPED(status):
        return "stopped"
    return "killed" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


if __name__ == "__main__":
    main()
