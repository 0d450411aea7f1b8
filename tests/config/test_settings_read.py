"""Settings read for another environment in this process: what only production has, and refusals."""

import os
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from tests.outside import NOBODY_LISTENS, PRODUCTION, ROOT, environment

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return a function that reads the settings file where these variables are set."""

    def read_settings(**variables: str) -> dict[str, Any]:
        monkeypatch.setattr(os, "environ", environment(**variables))
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return read_settings


@pytest.mark.parametrize("cookie", ["SESSION", "CSRF", "LANGUAGE"])
def test_production_hardens_a_cookie(cookie: str, read: Read) -> None:
    found = read(**PRODUCTION)

    assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert found[f"{cookie}_COOKIE_SECURE"] is True
    assert found[f"{cookie}_COOKIE_HTTPONLY"] is True
    assert found[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    # What __Host- requires, and Django does by default.
    assert not {f"{cookie}_COOKIE_DOMAIN", f"{cookie}_COOKIE_PATH"} & found.keys()


def test_production_serves_only_https(read: Read) -> None:
    found = read(**PRODUCTION)

    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_REDIRECT_EXEMPT"] == [r"^healthz/", r"^metrics$"]
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is found["SECURE_HSTS_PRELOAD"] is True


def test_production_serves_only_allowed_hosts(read: Read) -> None:
    found = read(**PRODUCTION | {"ALLOWED_HOSTS": ""})

    assert (found["ALLOWED_HOSTS"], found["CSRF_TRUSTED_ORIGINS"]) == ([], [])
    assert found["DEBUG"] is found["DEMO_MODE"] is found["ALLOW_COMMAND_APPROVAL"] is False


def test_production_serves_collected_files_and_logs_json(read: Read) -> None:
    found = read(**PRODUCTION)

    assert found["STORAGES"]["staticfiles"]["BACKEND"] == "config.static_files.StaticFiles"
    assert found["WHITENOISE_USE_FINDERS"] is False
    processors = found["LOGGING"]["formatters"]["structured"]["processors"]
    names = [getattr(one, "__name__", type(one).__name__) for one in processors]
    assert "JSONRenderer" in names


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param({"DEBUG": "1"}, "refuses DEBUG", id="debugging"),
        pytest.param(
            {"DEMO_MODE": "1", "ALLOW_COMMAND_APPROVAL": "0"}, "refuses the demo mode", id="a demo"
        ),
        pytest.param(
            {"CAMPAIGN_NOW": "2024-12-10T12:00:00+09:00"}, "refuses a moved clock", id="a clock"
        ),
        pytest.param(
            {"ALLOW_COMMAND_APPROVAL": "1"}, "refuses approval by command", id="command approval"
        ),
        pytest.param({"SECRET_KEY": ""}, "needs a SECRET_KEY", id="no secret"),
        pytest.param({"DATABASE_URL": ""}, "runs no servers of its own", id="own database"),
        pytest.param({"REDIS_URL": ""}, "runs no servers of its own", id="own broker"),
        pytest.param({"WESTER_CLIENT_SECRET": ""}, "signs members in", id="no WESTER ID"),
        pytest.param({"DRAW_KEY": ""}, "needs DRAW_KEY", id="no key of the draw"),
        pytest.param({"ERASURE_KEY": ""}, "needs an ERASURE_KEY", id="no key of erasures"),
        pytest.param(
            {"ERASURE_KEY": PRODUCTION["DRAW_KEY"]}, "needs an ERASURE_KEY", id="one key for both"
        ),
    ],
)
def test_production_refuses(variables: dict[str, str], sentence: str, read: Read) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        read(**PRODUCTION | variables)

    assert str(refused.value).count("Production ") == 1


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param({"CAMPAIGN_NOW": "2024-12-10T12:00:00+09:00"}, "moves the clock", id="clock"),
        pytest.param({"DRAW_MIN_GAP_S": "86399"}, "less than a day", id="a short gap"),
    ],
)
def test_what_belongs_to_a_demo_is_refused_without_one(
    variables: dict[str, str], sentence: str, read: Read
) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{sentence}.*only where DEMO_MODE=1"):
        read(**NOBODY_LISTENS | variables)

    assert read(**NOBODY_LISTENS | {"DEMO_MODE": "1"} | variables)["DEMO_MODE"] is True


@pytest.mark.parametrize(
    ("name", "read_setting"),
    [
        ("SECRET_KEY", lambda found: found["SECRET_KEY"]),
        ("DATABASE_URL", lambda found: found["DATABASES"]),
        ("REDIS_URL", lambda found: (found["REDIS_URL"], found["CELERY_BROKER_URL"])),
        ("WESTER_CLIENT_SECRET", lambda found: found["WESTER_CLIENT_SECRET"]),
        ("DRAW_KEY", lambda found: found["DRAW_KEY"]),
        ("DRAW_SIGNING_KEY", lambda found: found["DRAW_SIGNING_KEY"]),
        ("ERASURE_KEY", lambda found: found["ERASURE_KEY"]),
        ("METRICS_TOKEN", lambda found: found["METRICS_TOKEN"]),
    ],
)
def test_a_secret_may_be_in_a_file(
    name: str, read_setting: Callable[[dict[str, Any]], object], read: Read, tmp_path: Path
) -> None:
    given = PRODUCTION | {"METRICS_TOKEN": "token"}
    (tmp_path / "secret").write_text(f"{given[name]}\n")
    in_file = given | {name: "", f"{name}_FILE": str(tmp_path / "secret")}

    assert read_setting(read(**in_file)) == read_setting(read(**given))

    with pytest.raises(EnvError, match=f"{name}_FILE are both set") as refused:
        read(**in_file | {name: given[name]})
    assert given[name] not in str(refused.value)


def test_a_developer_s_machine_answers_to_its_own_names(read: Read) -> None:
    found = read(**NOBODY_LISTENS)

    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert "SECURE_SSL_REDIRECT" not in found


def test_workers_use_japans_time_zone(read: Read) -> None:
    assert read(**NOBODY_LISTENS)["CELERY_TIMEZONE"] == "Asia/Tokyo"


def test_options_of_an_address_stand_beside_ours(read: Read) -> None:
    address = "postgresql://u:p@127.0.0.1:1/d?options=-c%20statement_timeout%3D5s"

    options = read(**NOBODY_LISTENS | {"DATABASE_URL": address})["DATABASES"]["default"]["OPTIONS"]

    assert "-c statement_timeout=5s" in options["options"]
    assert "-c dodonto.session=on" in options["options"]
