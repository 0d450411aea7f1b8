"""Connections per thread or from a pool, which answers 503 while all are used."""

import json

import pytest
from django.conf import settings

from config.database import POOL_TIMEOUT_S, connection_settings
from dev.embedded import services
from dev.embedded.state_folder import StateFolder
from tests.outside import run_python

# A thread uses the pool's one connection while a visitor comes; a second one comes after it.
BUSY = """
import json, os, threading, time
os.environ["DJANGO_SETTINGS_MODULE"] = "dev.settings"
import django
django.setup()
import logging; logging.disable()
from django.db import connection
from django.test import Client

taken, free = threading.Event(), threading.Event()

def hold():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            taken.set()
            free.wait()
        connection.close()
    finally:
        taken.set()  # nobody waits for a holder that failed

holder = threading.Thread(target=hold)
holder.start()
taken.wait()
started = time.monotonic()
busy = Client().get("/campaign/detail/012025121203/", headers={"host": "localhost"})
waited = time.monotonic() - started
free.set()
holder.join()
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    before = cursor.fetchone()
connection.close()
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    again = cursor.fetchone()
connection.close()
print(json.dumps({
    "status": busy.status_code,
    "retry": busy.headers["Retry-After"],
    "page": busy.content.decode(),
    "waited": waited,
    "reused": before == again,
}))
connection.close_pool()
"""


def test_connection_settings_of_a_pool_let_no_connection_outlive_its_request() -> None:
    found = connection_settings({}, pool_size=4)

    assert found["CONN_MAX_AGE"] == 0
    assert found["OPTIONS"]["pool"]["max_size"] == 4
    assert found["OPTIONS"]["pool"]["timeout"] == POOL_TIMEOUT_S


def test_connection_settings_without_a_pool_keep_one_per_thread() -> None:
    found = connection_settings({}, pool_size=None)

    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (60, True)
    assert "pool" not in settings.DATABASES["default"]["OPTIONS"]


@pytest.mark.slow
def test_a_visitor_is_answered_503_while_every_connection_is_used(other_state: StateFolder) -> None:
    services.ensure_running(other_state.state, database=True, broker=True)

    done = run_python("-c", BUSY, LOCAL_STATE_DIR=str(other_state.state), DATABASE_POOL="1")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["status"], found["retry"]) == (503, "15")
    assert "混み合っています" in found["page"]
    assert found["waited"] >= POOL_TIMEOUT_S
    assert found["reused"]  # given back, not closed
