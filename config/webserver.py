"""How gunicorn serves the site: ``gunicorn --config python:config.webserver config.wsgi``."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config.env import env

# Threads, since a request waits for Postgres for most of its time; two processes, since Python
# computes in one thread of a process at a time and the machine has two processors.
worker_class = "gthread"
workers = env.count("WEB_CONCURRENCY", default=2)
# Each keeps a connection of its own. From four to twelve of them a crowd is served equally fast;
# six leave room while two wait for WESTER ID (WESTER_MAX_REQUESTS).
threads = 6
# A request that takes longer is lost: WESTER ID is waited for at most ten seconds.
timeout = 30
# What has begun is answered before a process ends, within the patience of Docker.
graceful_timeout = 8
# Longer than a proxy keeps its connections to us, so that it is never we who close one in use;
# our nginx keeps none (config/nginx_site.conf).
keepalive = 75
# Its heartbeat in memory: on a disk it may block for seconds.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - Linux's own
# Against leaks of other people's code; not all processes in the same moment.
max_requests, max_requests_jitter = 20_000, 2_000
control_socket_disable = True  # it would stand in the home folder, one for all checkouts
# Its messages take the same way as all others, so that none holds an address (config.logs).
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}


def on_starting(_server: Any) -> None:
    """Have the processes count together, in a folder that lives as long as the server.

    It is named before any of them imports the counters; this module must not.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="dodonto-metrics-")


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
