"""The settings of the sign-in with WESTER ID, and what production requires of them."""

import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from environs import EnvError

from config.production import production_refusals
from config.sign_in import CALLBACK_PATH, LOCAL_CLIENT_ID, LOCAL_ISSUER, SignIn, read_sign_in
from tests.outside import PRODUCTION, run_python

VARIABLES = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "ID_CLAIM", "SCOPE", "LOGIN_ORIGINS")
REAL = {
    "WESTER_ISSUER": "https://id.example.jp",
    "WESTER_CLIENT_ID": "dodonto-live",
    "WESTER_CLIENT_SECRET": "given-by-wester",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"WESTER_{name}", raising=False)


def test_read_sign_in_defaults_to_the_stand_in(tmp_path: Path) -> None:
    found = read_sign_in(state=tmp_path)

    assert (found.issuer, found.client_id, found.id_claim, found.scope, found.login_origins) == (
        LOCAL_ISSUER,
        LOCAL_CLIENT_ID,
        "wester_id",
        ["openid"],
        [LOCAL_ISSUER],
    )


def test_read_sign_in_creates_a_secret_of_this_folder(tmp_path: Path) -> None:
    secret = read_sign_in(state=tmp_path).client_secret

    file = tmp_path / "wester" / "client_secret"
    assert (file.read_text(), len(secret)) == (secret, 64)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_sign_in(state=tmp_path).client_secret == secret
    assert read_sign_in(state=tmp_path / "other").client_secret != secret


def test_read_sign_in_reads_what_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    others = {
        "WESTER_ID_CLAIM": "https://jr/id",
        "WESTER_SCOPE": "openid wester",
        "WESTER_LOGIN_ORIGINS": "https://login.example.jp",
    }
    for name, text in {**REAL, **others}.items():
        monkeypatch.setenv(name, text)

    assert read_sign_in(state=tmp_path) == SignIn(
        issuer="https://id.example.jp",
        client_id="dodonto-live",
        client_secret="given-by-wester",
        id_claim="https://jr/id",
        scope=["openid", "wester"],
        login_origins=["https://id.example.jp", "https://login.example.jp"],
    )
    assert not list(tmp_path.iterdir())


def test_sign_in_does_not_show_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WESTER_CLIENT_SECRET", "given-by-wester")

    assert "given-by-wester" not in repr(read_sign_in(state=None))


@pytest.mark.parametrize(
    "issuer",
    [
        pytest.param("https://id.example.jp", id="a site"),
        pytest.param("https://id.example.jp/", id="a site with a slash"),
        pytest.param("https://id.example.jp:8443/realms/wester", id="a port and a path"),
    ],
)
def test_read_sign_in_does_not_change_the_issuer(
    issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WESTER_ISSUER", issuer)

    assert read_sign_in(state=None).issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        pytest.param("id.example.jp", id="no scheme"),
        pytest.param("ftp://id.example.jp", id="another scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https://id.example.jp?a=b", id="a query"),
        pytest.param("https://id.example.jp/#a", id="a fragment"),
        pytest.param("https://[::1", id="half an address"),
        pytest.param("https://id.example.jp:x", id="no port"),
    ],
)
def test_read_sign_in_refuses_an_issuer_with(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WESTER_ISSUER", issuer)

    with pytest.raises(EnvError, match="WESTER_ISSUER"):
        read_sign_in(state=None)


@pytest.mark.parametrize(
    ("change", "may_serve"),
    [
        pytest.param({}, True, id="everything is set"),
        pytest.param({"WESTER_ISSUER": ""}, False, id="no issuer"),
        pytest.param({"WESTER_ISSUER": "http://id.example.jp"}, False, id="an issuer without TLS"),
        pytest.param({"WESTER_CLIENT_ID": ""}, False, id="no client"),
        pytest.param({"WESTER_CLIENT_SECRET": ""}, False, id="no secret"),
    ],
)
def test_production_needs_a_real_wester_id(
    change: dict[str, str], may_serve: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {**REAL, **change}.items():
        monkeypatch.setenv(name, text)

    refusals = production_refusals(
        debug=False,
        demo_mode=False,
        moved_clock=False,
        command_approval=False,
        second_factor=True,
        secret_key="0123456789" * 5,
        database=True,
        redis=True,
        sign_in=read_sign_in(state=None).may_serve,
        draw=True,
        erasure=True,
    )

    assert [("WESTER_ISSUER" in refusal) for refusal in refusals] == [True] * (not may_serve)


def test_production_imports_nothing_of_the_stand_in(tmp_path: Path) -> None:
    code = "import sys, config.wsgi, config.urls; print(*sorted(sys.modules), sep='\\n')"

    ended = run_python("-c", code, LOCAL_STATE_DIR=str(tmp_path), **{**PRODUCTION, **REAL})

    modules = ended.stdout.splitlines()
    assert "entries.sign_in.views" in modules, ended.stderr
    assert [name for name in modules if name.startswith(("dev.wester", "allauth.idp"))] == []
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_browsers_may_follow_the_button_to_wester_id(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    (forms,) = [part for part in policy.split(";") if part.strip().startswith("form-action")]
    assert forms.split() == ["form-action", "'self'", *settings.WESTER_LOGIN_ORIGINS]


def test_stand_in_sends_members_to_where_they_are_received() -> None:
    assert reverse("entries:callback") == CALLBACK_PATH


def test_staff_see_none_of_the_library_s_records() -> None:
    assert [model for model in admin.site._registry if model.__module__.startswith("allauth")] == []
