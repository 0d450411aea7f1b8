"""How tests look a member up on the desk, as staff do in a browser."""

from typing import Any

from django.conf import settings
from django.test import Client

from campaign.models import Campaign
from tests.factories.campaign import UserFactory

MEMBER = "/staff/member/"


def staff(role: str, *, language: str = "en") -> Client:
    """Return the browser of a user with a role."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.force_login(UserFactory.create(role=role))
    return client


def search(client: Client, identifier: str) -> Any:
    """Search for a member by an identifier."""
    return client.post(MEMBER, {"identifier": identifier})


def open_case(client: Client, identifier: str) -> str:
    """Search for the one member of an identifier; return the address of the case."""
    response = search(client, identifier)
    assert response.status_code == 302, response.context["found"]
    return str(response.headers["Location"])


def look_up(client: Client, campaign: Campaign, identifier: str) -> Any:
    """Return the page of a member in a campaign."""
    address = open_case(client, identifier).partition("?")[0]
    return client.get(address, {"campaign": campaign.code})


def text_of(response: Any) -> str:
    """Return the text of a page."""
    assert response.status_code == 200
    return " ".join(response.content.decode().split())
