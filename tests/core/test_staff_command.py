"""``staff`` as others script against it: what it prints, how it ends, what it stores."""

import pytest
from django.contrib.auth import authenticate
from pytest_django import Settings

from config.env import MovedClock
from core.audit import Actor
from core.management.commands import staff as staff_command
from core.models import Approval, AuditRecord, User
from tests.approving import approve, person
from tests.commands import refused, run, run_json, stored
from tests.factories.campaign import LATER, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "kasumi-sakura-hikari"
PEOPLE = ("--accounts", "hanako", "--approver", "ichiro", "--approver", "jiro")
SETUP = ("staff", "setup", *PEOPLE, "--generate")


@pytest.fixture(autouse=True)
def _a_day_later(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)


def test_staff_add_prints_a_generated_password_once() -> None:
    words = ("staff", "add", "hanako", "--role", "approver", "--generate")

    data = run_json(*words)

    assert {**data, "password": "?"} == {
        "username": "hanako",
        "role": "approver",
        "created": True,
        "password": "?",
    }
    assert User.objects.get().must_change_password
    assert authenticate(username="hanako", password=data["password"])
    before = stored()
    assert run_json(*words) == {"username": "hanako", "role": "approver", "created": False}
    assert run(*words).stdout == "hanako is in approver.\n"
    assert stored() == before


def test_staff_add_in_production_begins_with_the_setup(settings: Settings) -> None:
    settings.PRODUCTION = True
    words = ("staff", "add", "taro", "--role", "ops", "--generate")
    ended = run(*words)
    assert (ended.code, ended.reason) == (
        2,
        "Nobody may manage staff yet: begin with staff setup.",
    )

    run_json(*SETUP)

    assert "--by USER" in run(*words).reason
    run_json(*words, "--by", "hanako")
    people = AuditRecord.objects.filter(action="staff.add").values_list("subject", "user__username")
    assert list(people) == [("taro", "hanako")]


def test_staff_add_prints_the_password_on_a_line_of_its_own() -> None:
    lines = run("staff", "add", "hanako", "--role", "support", "--generate").stdout.splitlines()

    assert lines[0] == "hanako: added to support."
    assert lines[1].startswith("Password (shown once): ")
    assert authenticate(username="hanako", password=lines[1].split(": ")[1])


def test_staff_add_dry_run_adds_no_user_and_shows_no_password() -> None:
    words = ("staff", "add", "hanako", "--role", "support", "--generate", "--dry-run")
    before = stored()

    assert run_json(*words) == {"username": "hanako", "role": "support", "created": True}
    assert run(*words).stdout == "hanako: would be added to support.\n"
    assert stored() == before


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of what is typed at the prompts; a terminal is there."""
    answers: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(staff_command, "getpass", lambda _prompt: answers.pop(0))
    return answers


def test_staff_add_prompts_for_the_password_twice(typed: list[str]) -> None:
    typed[:] = [PASSWORD, PASSWORD]

    assert run_json("staff", "add", "hanako", "--role", "support")["created"] is True
    assert authenticate(username="hanako", password=PASSWORD)


def test_staff_add_refuses_two_different_passwords(typed: list[str]) -> None:
    typed[:] = [PASSWORD, "another-long-one", PASSWORD, "another-long-one"]

    assert refused("staff", "add", "hanako", "--role", "support") == (
        "The two passwords differ; try again."
    )
    assert not User.objects.exists()


def test_staff_add_prompts_for_no_password_of_an_existing_account(typed: list[str]) -> None:
    UserFactory.create(username="hanako", role="support")

    assert run_json("staff", "add", "hanako", "--role", "auditor")["created"] is False


def test_staff_add_without_a_terminal_points_to_generate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    assert refused("staff", "add", "hanako", "--role", "support") == (
        "There is no terminal to ask at; use --generate."
    )


def test_staff_add_refuses_a_name_that_cannot_be_one() -> None:
    sentence = refused("staff", "add", "a b", "--role", "support", "--generate")

    assert sentence.startswith("Enter a valid username.")
    assert not User.objects.exists()


@pytest.mark.parametrize("production", [True, False])
def test_setup_makes_the_first_three_accounts(settings: Settings, production: bool) -> None:
    settings.PRODUCTION = production

    rows = run_json(*SETUP)["staff"]

    assert [(row["username"], row["role"], row["created"]) for row in rows] == [
        ("hanako", "accounts", True),
        ("ichiro", "approver", True),
        ("jiro", "approver", True),
    ]
    for row in rows:
        assert authenticate(username=row["username"], password=row["password"])
        assert User.objects.get(username=row["username"]).must_change_password
    setups = AuditRecord.objects.filter(action="staff.setup").values_list("subject", flat=True)
    assert sorted(setups) == ["hanako", "ichiro", "jiro"]


def test_setup_again_has_nothing_left_to_do() -> None:
    run_json(*SETUP)
    before = stored()

    assert [row["created"] for row in run_json(*SETUP)["staff"]] == [False] * 3
    assert run(*SETUP).stdout.splitlines()[0] == "hanako: is in accounts."
    assert stored() == before


@pytest.mark.parametrize(
    "first",
    [
        pytest.param({"role": "accounts"}, id="somebody runs accounts"),
        pytest.param({"role": "approver"}, id="somebody approves"),
        pytest.param({"role": "approver", "is_active": False}, id="somebody approved"),
    ],
)
def test_setup_is_no_way_round_an_approval(first: dict[str, object]) -> None:
    UserFactory.create(**first)
    before = stored()

    assert refused(*SETUP) == "The first accounts exist already; staff add adds others."
    assert stored() == before


def test_setup_leaves_no_superuser() -> None:
    UserFactory.create(username="root", is_staff=True, is_superuser=True)

    run_json(*SETUP)

    assert not User.objects.filter(is_superuser=True).exists()
    assert AuditRecord.objects.get(action="staff.superuser_ended").subject == "root"


def test_setup_dry_run_makes_nobody_and_shows_no_password() -> None:
    before = stored()

    rows = run_json(*SETUP, "--dry-run")["staff"]

    assert [[*row] for row in rows] == [["username", "role", "created"]] * 3
    assert stored() == before


@pytest.mark.parametrize(
    ("people", "code"),
    [
        pytest.param(PEOPLE[:4], 2, id="two people"),
        pytest.param((*PEOPLE, "--approver", "saburo"), 2, id="four people"),
        pytest.param((*PEOPLE[:4], "--approver", "hanako"), 1, id="one of them twice"),
    ],
)
def test_setup_takes_three_people(
    people: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    assert run("staff", "setup", *people, "--generate").code == code
    assert not User.objects.exists()


def test_setup_asks_for_names_and_passwords(
    typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["hanako", "ichiro", "jiro"]
    monkeypatch.setattr("builtins.input", lambda _question: names.pop(0))
    typed[:] = [PASSWORD] * 6

    run_json("staff", "setup")

    assert authenticate(username="jiro", password=PASSWORD)


def test_list_shows_everybody_of_staff() -> None:
    UserFactory.create(username="hanako", role="support")
    UserFactory.create(username="gone", role="ops", is_active=False, must_change_password=True)
    UserFactory.create(username="a-member")

    assert [row["username"] for row in run_json("staff", "list")["staff"]] == ["gone", "hanako"]
    assert run_json("staff", "list")["staff"][1] == {
        "username": "hanako",
        "roles": ["support"],
        "active": True,
        "superuser": False,
        "must_change_password": False,
        "second_factor": False,
        "last_login": None,
    }
    assert run("staff", "list").stdout.splitlines() == [
        "gone: ops (disabled, must change the password, no second factor)",
        "hanako: support (no second factor)",
    ]


def test_list_of_nobody() -> None:
    assert run("staff", "list").stdout == "There is no staff account yet.\n"


@pytest.fixture
def by() -> tuple[str, str]:
    """Return the option that names who runs accounts."""
    return ("--by", person("accounts").user.username)


def test_add_approver_waits_for_an_approval(by: tuple[str, str]) -> None:
    words = ("staff", "add", "hanako", "--role", "approver", *by)

    data = run_json(*words, "--generate")

    approval = Approval.objects.get()
    assert (data["created"], data["approval"]) == (True, approval.pk)
    assert (approval.action, approval.subject) == ("staff.make_approver", "hanako")
    assert f"asked for approval {approval.pk}" in run(*words).stdout
    approve(approval)
    assert run_json(*words) == {"username": "hanako", "role": "approver", "created": False}


def test_role_gives_and_takes_roles(by: tuple[str, str]) -> None:
    UserFactory.create(username="hanako", role="support")
    words = ("staff", "role", "hanako")

    given = run_json(*words, "--add", "auditor", *by)
    assert given == {"username": "hanako", "roles": ["auditor", "support"], "changed": True}
    taken = run_json(*words, "--remove", "support", *by)
    assert taken == {"username": "hanako", "roles": ["auditor"], "changed": True}
    assert run_json(*words, "--remove", "support", *by)["changed"] is False
    assert run(*words, "--add", "auditor", *by).stdout == "hanako: in auditor.\n"
    assert run(*words, "--add", "ops", "--dry-run", *by).stdout == "hanako: would be in ops.\n"
    assert run_json(*words, "--add", "approver", *by)["approval"] == Approval.objects.get().pk


def test_reset_prints_a_new_initial_password(by: tuple[str, str]) -> None:
    UserFactory.create(username="hanako", role="support")

    data = run_json("staff", "reset", "hanako", "--generate", *by)

    assert authenticate(username="hanako", password=data["password"])
    assert (
        "hanako: would be reset;"
        in run("staff", "reset", "hanako", "--generate", "--dry-run", *by).stdout
    )
    assert authenticate(username="hanako", password=data["password"])


def test_reset_of_an_approver_is_approved_first(by: tuple[str, str]) -> None:
    words = ("staff", "reset", "hanako", *by)
    UserFactory.create(username="hanako", role="approver", password="argon2$x")

    assert "password" not in run_json(*words, "--generate")
    assert "then reset it again" in run(*words).stdout
    approve(Approval.objects.get())

    data = run_json(*words, "--generate")
    assert authenticate(username="hanako", password=data["password"])


def test_disable_is_done_once(by: tuple[str, str]) -> None:
    UserFactory.create(username="hanako", role="support")
    words = ("staff", "disable", "hanako", *by)

    assert run(*words, "--dry-run").stdout == "hanako: would be disabled.\n"
    assert run_json(*words) == {"username": "hanako", "changed": True}
    assert run_json(*words) == {"username": "hanako", "changed": False}


def test_restore_gives_the_last_approver_a_new_password(settings: Settings) -> None:
    settings.PRODUCTION = True
    UserFactory.create(username="hanako", role="approver")

    data = run_json("staff", "restore", "hanako", "--generate")

    assert authenticate(username="hanako", password=data["password"])


def test_superuser_is_requested(by: tuple[str, str]) -> None:
    UserFactory.create(username="hanako", role="support")
    words = ("staff", "superuser", "hanako", *by)

    assert run_json(*words)["approval"] == Approval.objects.get().pk
    approve(Approval.objects.get(), Actor(UserFactory.create(role="approver")))

    assert run(*words).stdout == "hanako is a superuser.\n"
