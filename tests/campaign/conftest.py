"""People at work, and the language in which these tests read sentences."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from campaign.audit import Actor
from tests.factories.campaign import UserFactory


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def asking(db: None) -> Actor:
    """Return somebody who may ask for publications."""
    return Actor(UserFactory.create(username="asking", role="campaign"))


@pytest.fixture
def deciding(db: None) -> Actor:
    """Return somebody who may approve them."""
    return Actor(UserFactory.create(username="deciding", role="approver"))
