"""Violated constraints become refusals where they are named, and stay bugs where they are not."""

import pytest
from django.db import DatabaseError, IntegrityError, connection

from bookings.models import Service, Stop
from core.errors import Refusal, constraint_errors, database_failed

pytestmark = pytest.mark.django_db
TAKEN = Refusal("The name is taken.")


def add_twice() -> None:
    Service.objects.create(name="one")
    Service.objects.create(name="one")


def test_constraint_errors_translate_the_named_constraint() -> None:
    with (
        pytest.raises(Refusal, match=r"The name is taken\.") as refused,
        constraint_errors({"bookings_service_name_key": TAKEN}),
    ):
        add_twice()

    assert isinstance(refused.value.__cause__, IntegrityError)
    assert not Service.objects.filter(name="one").exists()  # undone, and the database is usable


def test_constraint_errors_let_others_pass_as_bugs() -> None:
    with pytest.raises(IntegrityError), constraint_errors({"stop_one_per_position": TAKEN}):
        add_twice()


def test_constraint_errors_let_errors_without_a_constraint_pass() -> None:
    with (
        pytest.raises(DatabaseError, match="nowhere"),
        constraint_errors({"bookings_service_name_key": TAKEN}),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM nowhere")


def test_constraint_errors_let_a_refusal_pass() -> None:
    with pytest.raises(Refusal, match="another"), constraint_errors({}):
        raise Refusal("another")


def test_constraint_errors_leave_the_rows_before_them() -> None:
    with constraint_errors({"bookings_service_name_key": TAKEN}):
        service = Service.objects.create(name="two")
        Stop.objects.create(service=service, seq=1, station="here", kind="stop")

    assert Service.objects.filter(name="two").exists()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("connection refused", "(connection refused)", id="one line"),
        pytest.param("lost\nDETAIL:  Key (x)=(W-4711)", "(lost)", id="lines with values"),
        pytest.param("  \n", "(no answer)", id="nothing"),
    ],
)
def test_database_failed_reports_the_first_line(said: str, shown: str) -> None:
    sentence = database_failed(DatabaseError(said))

    assert shown in sentence
    assert "W-4711" not in sentence
    assert "\n" not in sentence
