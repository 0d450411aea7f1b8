"""Error pages link only to pages of this site, and an outdated form to itself."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from entries.models import Entry
from portal.back_links import referring_path
from tests.campaign.staffpages import signed_in as staff_signed_in
from tests.factories.campaign import UserFactory
from tests.portal.members import DETAIL, ENTER, ENTERED, MY_PAGE, signed_in
from tests.portal.pages import Page, assert_sound

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
BUTTON = re.compile(r'<a class="button" href="([^"]*)">')
LOOK_UP = "/staff/member/"


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        pytest.param(f"http://testserver{DETAIL}", DETAIL, id="a page of ours"),
        pytest.param("http://testserver/staff/?p=2", "/staff/?p=2", id="with a query"),
        pytest.param("http://testserver/staff/#main", "/staff/", id="with a fragment"),
        pytest.param("http://testserver", "/", id="without a path"),
        pytest.param("", None, id="none"),
        pytest.param("https://elsewhere.example/x", None, id="another site"),
        pytest.param("http://testserver//elsewhere.example/", None, id="an address in the path"),
        pytest.param("http://testserver///elsewhere.example/", None, id="with three slashes"),
        pytest.param("http://testserver/\\elsewhere.example/", None, id="with a backslash"),
        pytest.param("//elsewhere.example/", None, id="without a scheme"),
        pytest.param("javascript:alert(1)", None, id="a script"),
        pytest.param("http://testserver@elsewhere.example/", None, id="our name as a user"),
        pytest.param("http://[broken/", None, id="no address at all"),
    ],
)
def test_referring_path_is_a_path_of_this_site_or_none(referer: str, expected: str | None) -> None:
    request = RequestFactory().post("/", headers={"referer": referer})

    assert referring_path(request) == expected


def token_of(client: Client, address: str) -> str:
    """Open a page and return the token of its forms."""
    found = TOKEN.search(client.get(address).content.decode())
    assert found
    return found[1]


def send_from_an_old_page(client: Client, page: str, form: str, **values: str) -> Any:
    """Send a form whose token another tab's sign-in has renewed."""
    token = token_of(client, page)
    del client.cookies["csrftoken"]
    token_of(client, page)
    headers = {"referer": f"http://testserver{page}"}
    return client.post(form, {**values, "csrfmiddlewaretoken": token}, headers=headers)


def button_of(response: Any) -> str:
    """Return the address of the button on a page that reports that nothing was done."""
    assert response.status_code == 403
    assert "no-store" in response.headers["Cache-Control"]
    (address,) = BUTTON.findall(response.content.decode())
    return str(address)


@pytest.mark.django_db
def test_an_outdated_entry_form_leads_to_a_page_that_enters(publish: Any, set_clock: Any) -> None:
    publish()
    set_clock(ENTERED)
    client = signed_in(enforce_csrf_checks=True)

    refused = send_from_an_old_page(client, DETAIL, ENTER)

    assert_sound(Page(refused.content.decode()))
    assert "操作は完了していません。" in refused.content.decode()
    assert not Entry.objects.exists()
    assert button_of(refused) == DETAIL
    pressed = client.post(ENTER, {"csrfmiddlewaretoken": token_of(client, button_of(refused))})
    assert (pressed.status_code, pressed.headers["Location"]) == (302, MY_PAGE)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"referer": "https://elsewhere.example/"}, id="another site"),
        pytest.param({"referer": f"http://testserver{ENTER}"}, id="the button's own address"),
        pytest.param({}, id="a browser that does not tell"),
    ],
)
def test_a_forged_entry_form_leads_to_the_campaign_page_and_enters_no_member(
    publish: Any, set_clock: Any, headers: dict[str, str]
) -> None:
    publish()
    set_clock(ENTERED)
    client = signed_in(enforce_csrf_checks=True)

    refused = client.post(ENTER, headers=headers)

    assert button_of(refused) == DETAIL
    assert "elsewhere" not in refused.content.decode()
    assert client.get(button_of(refused)).status_code == 200
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_an_old_log_out_button_leads_to_its_page(publish: Any, set_clock: Any) -> None:
    publish()
    set_clock(ENTERED)
    client = signed_in(enforce_csrf_checks=True)

    refused = send_from_an_old_page(client, MY_PAGE, "/accounts/logout/", next=DETAIL)

    assert button_of(refused) == MY_PAGE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "form"),
    [
        pytest.param(LOOK_UP, LOOK_UP, id="a page with a form"),
        pytest.param("/staff/campaign/campaign/?o=1", "/staff/campaign/campaign/", id="a list"),
        pytest.param("/staff/", "/staff/logout/", id="logging out"),
    ],
)
def test_an_outdated_staff_form_leads_to_its_page(page: str, form: str) -> None:
    client = staff_signed_in(UserFactory.create(role="support"))
    client.handler.enforce_csrf_checks = True

    refused = send_from_an_old_page(client, page, form)

    assert button_of(refused) == page
    assert "Open the page again" in refused.content.decode()
    assert "campaign page" not in refused.content.decode()
    assert client.get(button_of(refused)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "home", "label"),
    [
        pytest.param(LOOK_UP, "/staff/", "Back to home", id="staff"),
        pytest.param("/accounts/logout/", "/", "To the campaign", id="a member"),
    ],
)
def test_a_form_without_a_referrer_leads_home(address: str, home: str, label: str) -> None:
    client = staff_signed_in(UserFactory.create(role="support"))
    client.handler.enforce_csrf_checks = True

    refused = client.post(address)

    assert button_of(refused) == home
    assert label in refused.content.decode()
