"""Signing in through the stand-in, which allauth's own provider makes a real one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from config.sign_in import LOCAL_CLIENT_ID
from entries.models import Member
from tests.entries.local_site import Browser, running_local_site
from tests.factories.entries import MemberFactory
from tests.outside import run_python

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def local_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Run the stand-in for all tests of this module; its issuer, and the folder of its own."""
    state = tmp_path_factory.mktemp("state")
    with running_local_site(state) as issuer:
        yield issuer, state / "wester"


@pytest.fixture
def browser(local_site: tuple[str, Path], settings: Settings, live_server: Any) -> Browser:
    """Return a browser that has pressed our button and stands before the stand-in's choice."""
    settings.WESTER_ISSUER, folder = local_site
    settings.WESTER_CLIENT_SECRET = (folder / "client_secret").read_text()
    settings.WESTER_CLIENT_ID = LOCAL_CLIENT_ID
    settings.WESTER_LOGIN_ORIGINS = [local_site[0]]
    return arrive(Browser(), live_server)


def arrive(browser: Browser, live_server: Any) -> Browser:
    site = live_server.url.replace("localhost", "127.0.0.1")
    browser.open(f"{site}/accounts/login/", {"next": "/robots.txt"})
    assert "これは WESTER ID の代わりをする開発用サイトです" in browser.page
    return browser


def test_chosen_member_is_signed_in(browser: Browser) -> None:
    browser.send(wester_id="WESTER-EXAMPLE-1")

    assert (browser.status, browser.address.endswith("/robots.txt")) == (200, True)
    assert [member.wester_id for member in Member.objects.all()] == ["WESTER-EXAMPLE-1"]


def test_member_comes_back_to_the_same_account(browser: Browser, live_server: Any) -> None:
    browser.send(wester_id="W-again")
    arrive(browser, live_server).send(wester_id="W-again")

    assert (browser.status, browser.address.endswith("/robots.txt")) == (200, True)
    assert Member.objects.count() == 1


def test_every_sign_in_offers_the_choice(browser: Browser, live_server: Any) -> None:
    browser.send(wester_id="W-one")
    arrive(browser, live_server).send(wester_id="W-two")

    assert {member.wester_id for member in Member.objects.all()} == {"W-one", "W-two"}


def test_stand_in_offers_the_members_of_the_sample_data(
    browser: Browser, local_site: tuple[str, Path]
) -> None:
    file = local_site[1] / "members.json"
    file.write_text('[{"wester_id": "W-sample", "note": "5,000円に届かない"}]', encoding="utf-8")

    browser.open(browser.address)
    file.unlink()

    assert 'value="W-sample"' in browser.page
    assert "5,000円に届かない" in browser.page
    assert "WESTER-EXAMPLE-1" not in browser.page


def test_cookies_of_both_sites_live_side_by_side(browser: Browser) -> None:
    browser.send(wester_id="W-cookies")

    assert {cookie.name for cookie in browser.cookies} >= {"sessionid", "wester_csrftoken"}


@pytest.mark.parametrize(
    ("choice", "heading"),
    [
        pytest.param({"wester_id": ""}, "WESTER IDを確認できませんでした", id="no WESTER ID"),
        pytest.param({"wester_id": "W 1"}, "WESTER IDを確認できませんでした", id="a bad one"),
        pytest.param(
            {"wester_id": "W-old", "account": "new"},
            "このWESTER IDは別のアカウントでご利用中です",
            id="one that is taken",
        ),
        pytest.param(
            {"wester_id": "W-new", "account": "old"},
            "前回と異なるWESTER IDです",
            id="another than before",
        ),
    ],
)
def test_account_is_refused_with(
    choice: dict[str, str], heading: str, browser: Browser, settings: Settings
) -> None:
    MemberFactory(issuer=settings.WESTER_ISSUER, sub="old", wester_id="W-old")

    browser.send(**choice)

    assert browser.status == 403
    assert heading in browser.page
    assert Member.objects.count() == 1


def test_cancelling_leads_back(browser: Browser) -> None:
    browser.send(cancel="1")

    assert browser.status == 200
    assert "ログインをキャンセルしました" in browser.page


def test_stand_in_sends_nobody_elsewhere(browser: Browser) -> None:
    browser.open(browser.address, {"next": "/identity/o/authorize?redirect_uri=https://x.example/"})

    assert browser.status == 403  # without its token a form counts for nothing

    for tricked in ("https://x.example/", "http://127.0.0.1/elsewhere/"):
        browser.open(browser.address.split("?")[0] + "?next=/")
        browser.send(cancel="1", next=f"/identity/o/authorize?redirect_uri={tricked}")
        assert browser.status == 400


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        pytest.param({"PRODUCTION": "1"}, "does not run with PRODUCTION=1", id="in production"),
        pytest.param(
            {"WESTER_ISSUER": "https://id.example.jp"},
            "names a real WESTER ID",
            id="for a real one",
        ),
    ],
)
def test_stand_in_does_not_run(variables: dict[str, str], reason: str, tmp_path: Path) -> None:
    ended = run_python("-m", "dev.wester", LOCAL_STATE_DIR=str(tmp_path), **variables)

    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: ")
    assert reason in ended.stderr


def test_stand_in_has_every_migration(tmp_path: Path) -> None:
    ended = run_python(
        *("-m", "django", "makemigrations", "--check", "--dry-run"),
        LOCAL_STATE_DIR=str(tmp_path),
        DJANGO_SETTINGS_MODULE="dev.wester.settings",
    )

    assert (ended.returncode, ended.stderr) == (0, "")
