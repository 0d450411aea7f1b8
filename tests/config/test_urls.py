"""What config/urls.py adds to the apps' URLs."""

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title"), [("ja", "Dodonto 事務局"), ("en", "Dodonto office")]
)
def test_the_admin_has_our_titles(client: Client, language: str, title: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert title in client.get("/staff/login/").content.decode()
