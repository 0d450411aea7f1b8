"""The settings of gunicorn: ``gunicorn --config python:config.webserver config.wsgi``."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config.env import env

# Threads, since a request mostly waits for Postgres; two processes, since in each only one thread
# runs Python code at a time and the machine has two processors.
worker_class = "gthread"
workers = env.count("WEB_CONCURRENCY", default=2)
# Each has its own database connection. Four to twelve serve a crowd equally fast; with six there
# are enough while two wait for WESTER ID (WESTER_MAX_REQUESTS).
threads = 6
# Longer requests are killed; WESTER ID has at most ten seconds to answer.
timeout = 30
# For requests in flight when a process ends; Docker kills it after ten seconds.
graceful_timeout = 8
# Longer than a proxy keeps its connections, so that the server never closes one in use; our nginx
# keeps none (config/nginx_site.conf).
keepalive = 75
# The heartbeat file in memory: on a disk it can block for seconds.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - Linux's own
# Restart processes against memory leaks of libraries, not all at once.
max_requests, max_requests_jitter = 20_000, 2_000
control_socket_disable = True  # it is in the home folder, shared by all checkouts
# Log messages through config.logs, which removes addresses.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}


def on_starting(_server: Any) -> None:
    """Create the folder in which all processes count requests.

    prometheus_client reads the variable at import, which is later than this.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="dodonto-metrics-")


def on_exit(_server: Any) -> None:
    """Remove the folder of the counters."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
