"""A guard counts as proved by a refusal with a neighbour, and a whole run demands them all."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bookings.models import Service, Stop
from tests.factories.campaign import ApprovalFactory
from tests.guards import DEMANDED, PROVED, GuardsOfARun, forget_refusals, proved_guards, refused_as

Source = pytest.Config.ArgsSource


def refuse_a_hash() -> None:
    with refused_as("approval_hash_is_sha256"):
        ApprovalFactory.create(content_sha256="")


@pytest.mark.django_db
def test_a_refusal_with_a_neighbour_proves_its_guard() -> None:
    refuse_a_hash()
    ApprovalFactory.create()

    assert list(proved_guards()) == ["approval_hash_is_sha256"]


@pytest.mark.django_db
def test_a_refusal_without_a_neighbour_fails() -> None:
    refuse_a_hash()

    with pytest.raises(AssertionError, match="approval_hash_is_sha256 accepts no neighbour"):
        list(proved_guards())
    forget_refusals()


@pytest.mark.django_db
def test_a_refusal_under_another_name_fails() -> None:
    service = Service.objects.create(name="alpha")

    with pytest.raises(AssertionError), refused_as("stop_seq_from_one"):
        Stop.objects.create(service=service, seq=1, station="", kind="stop")


@pytest.mark.parametrize(
    ("source", "keyword", "unproved"),
    [
        pytest.param(Source.TESTPATHS, "", ["b"], id="all tests"),
        pytest.param(Source.ARGS, "", [], id="some files"),
        pytest.param(Source.TESTPATHS, "word", [], id="some tests"),
    ],
)
def test_a_whole_run_fails_for_a_guard_without_a_proof(
    source: Source, keyword: str, unproved: list[str]
) -> None:
    option = SimpleNamespace(keyword=keyword, lf=False)
    config = cast("pytest.Config", SimpleNamespace(args_source=source, option=option))
    session: Any = SimpleNamespace(config=config, exitstatus=pytest.ExitCode.OK)
    run = GuardsOfARun()
    for properties in ([(DEMANDED, "a"), (DEMANDED, "b")], [(PROVED, "a"), ("other", "b")]):
        run.pytest_runtest_logreport(cast("Any", SimpleNamespace(user_properties=properties)))

    run.pytest_sessionfinish(session)

    assert run.unproved(config) == unproved
    assert (session.exitstatus == pytest.ExitCode.TESTS_FAILED) is bool(unproved)
