"""What the database itself refuses of the network."""

from typing import Any

import pytest

from bookings.models import Service, Stop
from tests.guards import refused_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Service:
    """Return a service of one stop."""
    service = Service.objects.create(name="alpha")
    Stop.objects.create(service=service, seq=1, station="a", operator_to_next="X", kind="stop")
    return service


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        pytest.param({"seq": 1}, "stop_one_per_position", id="a position twice"),
        pytest.param({"station": "a"}, "stop_one_per_station", id="a station twice"),
        pytest.param({"seq": 0}, "stop_seq_from_one", id="seq 0"),
        pytest.param({"kind": "halt"}, "stop_kind_is_stop_or_pass", id="another kind"),
        pytest.param({"station": ""}, "stop_names_not_empty", id="an empty station"),
        pytest.param({"operator_to_next": ""}, "stop_names_not_empty", id="an empty operator"),
    ],
)
def test_stop_refuses(values: dict[str, Any], constraint: str, service: Service) -> None:
    valid = {"seq": 2, "station": "b", "operator_to_next": None, "kind": "pass"}

    with refused_as(constraint):
        Stop.objects.create(service=service, **{**valid, **values})

    Stop.objects.create(service=service, **valid)


def test_stop_repeats_position_and_station_in_another_service(service: Service) -> None:
    other = Service.objects.create(name="beta")

    Stop.objects.create(service=other, seq=1, station="a", operator_to_next=None, kind="stop")

    assert Stop.objects.filter(station="a", seq=1, service__in=[service, other]).count() == 2


def test_service_name_is_unique_as_bytes(service: Service) -> None:
    with refused_as("bookings_service_name_key"):
        Service.objects.create(name="alpha")

    Service.objects.create(name="Alpha")
