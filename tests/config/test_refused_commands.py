"""Django's commands that go past core.staff are refused in production."""

import pytest
from pytest_django import Settings

import manage
from core.errors import Refusal


@pytest.mark.parametrize(
    ("command", "way_out"),
    [("createsuperuser", "staff setup"), ("changepassword", "use staff reset")],
)
def test_production_makes_no_account_past_the_second_person(
    settings: Settings, command: str, way_out: str
) -> None:
    settings.PRODUCTION = True

    with pytest.raises(Refusal, match=way_out):
        manage.refuse_in_production(command)

    for other in ("migrate", "staff", ""):
        manage.refuse_in_production(other)
    settings.PRODUCTION = False
    manage.refuse_in_production(command)
