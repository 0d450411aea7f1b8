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


def test_former_secrets_stand_on_further_lines_of_the_file(read: Read, tmp_path: Path) -> None:
    def rotate(name: str, *lines: str) -> dict[str, Any]:
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return read(**PRODUCTION | {name: "", f"{name}_FILE": str(tmp_path / name)})

    found = rotate("SECRET_KEY", "new" * 20 + "key", PRODUCTION["SECRET_KEY"])
    assert found["SECRET_KEY"] == "new" * 20 + "key"
    assert found["SECRET_KEY_FALLBACKS"] == [PRODUCTION["SECRET_KEY"]]

    found = rotate("DRAW_KEY", "07" * 32, "01" * 32)
    assert (found["DRAW_KEY"], found["DRAW_KEY_FALLBACKS"]) == (b"\7" * 32, [b"\1" * 32])

    found = rotate("WESTER_CLIENT_SECRET", "new", "hidden")
    assert found["WESTER_CLIENT_SECRET"] == "new"
    assert found["WESTER_CLIENT_SECRET_FALLBACKS"] == ["hidden"]

    with pytest.raises(EnvError, match=r"DRAW_SIGNING_KEY.*must be one key"):
        rotate("DRAW_SIGNING_KEY", "07" * 32, "02" * 32)
    with pytest.raises(EnvError, match=r"SECRET_KEY.*no empty line"):
        rotate("SECRET_KEY", PRODUCTION["SECRET_KEY"], "")
    with pytest.raises(ImproperlyConfigured, match="two different"):
        rotate("DRAW_KEY", "07" * 32, "02" * 32)  # a former one signs


@pytest.mark.parametrize(
    ("service", "absent"),
    [
        pytest.param("beat", "DATABASES", id="beat has no database"),
        pytest.param("migrate", "REDIS_URL", id="migrate has no Redis"),
        pytest.param("worker", "SECRET_KEY", id="a worker signs nothing"),
    ],
)
def test_service_starts_without(service: str, absent: str, read: Read) -> None:
    needed = {
        "beat": ["REDIS_URL"],
        "migrate": ["DATABASE_URL"],
        "worker": [*NOBODY_LISTENS, "ERASURE_KEY"],
    }
    given = {name: PRODUCTION[name] for name in ["PRODUCTION", *needed[service]]}

    found = read(**given, SERVICE=service)

    assert not found[absent]
    assert found["DRAW_KEY"] == found["DRAW_SIGNING_KEY"] == b""
    with pytest.raises(ImproperlyConfigured, match="needs a SECRET_KEY"):
        read(**given)


def test_a_developer_s_machine_answers_to_its_own_names(read: Read) -> None:
    found = read(**NOBODY_LISTENS)

    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert "SECURE_SSL_REDIRECT" not in found


def test_workers_use_japans_time_zone(read: Read) -> None:
    assert read(**NOBODY_LISTENS)["CELERY_TIMEZONE"] == "Asia/Tokyo"


OWNED = NOBODY_LISTENS["DATABASE_URL"].replace("somebody", "owner")


def test_the_owner_is_beside_the_application_and_no_database_of_its_own(read: Read) -> None:
    found = read(**NOBODY_LISTENS | {"DATABASE_OWNER_URL": OWNED})

    assert found["DATABASE_OWNER"]["USER"] == "owner"
    assert [one["USER"] for one in found["DATABASES"].values()] == ["somebody"]
    assert read(**NOBODY_LISTENS)["DATABASE_OWNER"] is None


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        pytest.param(NOBODY_LISTENS["DATABASE_URL"], "name the same role", id="one role"),
        pytest.param(f"{OWNED}_2", "name two databases", id="another database"),
    ],
)
def test_an_owner_that_does_not_fit_is_refused(address: str, sentence: str, read: Read) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL {sentence}"):
        read(**NOBODY_LISTENS | {"DATABASE_OWNER_URL": address})


def test_migrate_in_production_needs_the_owner_s_address_alone(read: Read) -> None:
    owner = {"DATABASE_URL": "", "DATABASE_OWNER_URL": OWNED}

    migrating = read(PRODUCTION="1", SERVICE="migrate", **owner)

    assert migrating["DATABASES"]["default"]["USER"] == "owner"
    with pytest.raises(ImproperlyConfigured, match="runs no servers of its own"):
        read(**PRODUCTION | owner | {"SERVICE": "web"})


def test_options_of_an_address_stand_beside_ours(read: Read) -> None:
    address = "postgresql://u:p@127.0.0.1:1/d?options=-c%20statement_timeout%3D5s"

    options = read(**NOBODY_LISTENS | {"DATABASE_URL": address})["DATABASES"]["default"]["OPTIONS"]

    assert "-c statement_timeout=5s" in options["options"]
    assert "-c dodonto.session=on" in options["options"]
