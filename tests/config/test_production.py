"""Production refuses what belongs to a developer's machine, each with one sentence."""

import pytest

from config.production import EVERYTHING, production_refusals
from tests.outside import PRODUCTION, manage

FIT = {
    "debug": False,
    "demo_mode": False,
    "moved_clock": False,
    "command_approval": False,
    "second_factor": True,
    "secret_key": PRODUCTION["SECRET_KEY"],
    "database": True,
    "redis": True,
    "sign_in": True,
    "draw": True,
    "erasure": True,
}
SECRET = "Production needs a SECRET_KEY of its own, random and of at least 50 characters."
SERVERS = "Production runs no servers of its own: set DATABASE_URL and REDIS_URL."
SIGN_IN = (
    "Production signs members in with the real WESTER ID: set WESTER_ISSUER (https), "
    "WESTER_CLIENT_ID and WESTER_CLIENT_SECRET."
)
DRAW = (
    "Production needs DRAW_KEY and DRAW_SIGNING_KEY, two different ones, "
    "each 64 lower-case hex digits."
)
ERASURE = "Production needs an ERASURE_KEY of its own, 64 lower-case hex digits."
UNFIT = [
    pytest.param({"debug": True}, "Production refuses DEBUG: unset it.", id="debugging"),
    pytest.param(
        {"demo_mode": True},
        "Production refuses the demo mode: unset DEMO_MODE.",
        id="the demo mode",
    ),
    pytest.param(
        {"moved_clock": True},
        "Production refuses a moved clock: unset CAMPAIGN_NOW.",
        id="a moved clock",
    ),
    pytest.param(
        {"command_approval": True},
        "Production refuses approval by command, a person approves signed in: "
        "unset ALLOW_COMMAND_APPROVAL.",
        id="approval by command",
    ),
    pytest.param(
        {"second_factor": False},
        "Production asks staff for a second factor: unset STAFF_SECOND_FACTOR.",
        id="no second factor",
    ),
    pytest.param({"secret_key": ""}, SECRET, id="no secret"),
    pytest.param({"secret_key": PRODUCTION["SECRET_KEY"][:49]}, SECRET, id="a short secret"),
    pytest.param({"secret_key": "abcd" * 20}, SECRET, id="a secret of four signs"),
    pytest.param(
        {"secret_key": "django-insecure-" + PRODUCTION["SECRET_KEY"]}, SECRET, id="Django's secret"
    ),
    pytest.param({"database": False}, SERVERS, id="an embedded database"),
    pytest.param({"redis": False}, SERVERS, id="an embedded broker"),
    pytest.param({"sign_in": False}, SIGN_IN, id="no WESTER ID"),
    pytest.param({"draw": False}, DRAW, id="no keys of the draw"),
    pytest.param({"erasure": False}, ERASURE, id="no key of erasures"),
]


def test_production_refusals_find_nothing_in_fit_settings() -> None:
    assert production_refusals(**FIT) == []  # type: ignore[arg-type]  # a table of several types
    shortest = {**FIT, "secret_key": PRODUCTION["SECRET_KEY"][:50]}
    assert production_refusals(**shortest) == []  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(("unfit", "sentence"), UNFIT)
def test_production_refusals_name(unfit: dict[str, object], sentence: str) -> None:
    assert production_refusals(**FIT | unfit) == [sentence]  # type: ignore[arg-type]  # as above


NOTHING = {"secret_key": "", **dict.fromkeys(EVERYTHING - {"secret_key"}, False)}


@pytest.mark.parametrize(
    ("service", "refused"),
    [
        pytest.param("", [SECRET, SERVERS, SIGN_IN, DRAW, ERASURE], id="the whole program"),
        pytest.param("web", [SECRET, SERVERS, SIGN_IN, DRAW, ERASURE], id="web"),
        pytest.param("commands", [SERVERS, DRAW, ERASURE], id="commands"),
        pytest.param("worker", [SERVERS, ERASURE], id="worker"),
        pytest.param("beat", [SERVERS], id="beat"),
        pytest.param("migrate", [SERVERS], id="migrate"),
        pytest.param("image", [], id="the building of the image"),
    ],
)
def test_service_needs_only_its_own_secrets(service: str, refused: list[str]) -> None:
    given = FIT | NOTHING | {"service": service}

    assert production_refusals(**given) == refused  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("service", "change", "refused"),
    [
        pytest.param("beat", {"redis": True}, [], id="beat has no database"),
        pytest.param("migrate", {"database": True}, [], id="migrate has no broker"),
        pytest.param("worker", {"database": True}, [SERVERS, ERASURE], id="a worker has both"),
        pytest.param(
            "image", {"secret_key": "short"}, [SECRET], id="a secret that is given is never weak"
        ),
        pytest.param("image", {"debug": True}, ["Production refuses DEBUG: unset it."], id="DEBUG"),
    ],
)
def test_service_with(service: str, change: dict[str, object], refused: list[str]) -> None:
    given = FIT | NOTHING | {"service": service} | change

    assert production_refusals(**given) == refused  # type: ignore[arg-type]  # as above


def test_service_that_is_none_is_refused() -> None:
    (sentence,) = production_refusals(**FIT, service="Web")  # type: ignore[arg-type]  # as above

    assert sentence == (
        "Production knows no such SERVICE: set one of web, worker, beat, migrate, commands, image, "
        "or unset it."
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param({"DEBUG": "1"}, "refuses DEBUG", id="debugging"),
        pytest.param(
            {"DEMO_MODE": "1", "ALLOW_COMMAND_APPROVAL": "0"},
            "refuses the demo mode",
            id="the demo mode",
        ),
        pytest.param(
            {"CAMPAIGN_NOW": "2024-12-10T12:00:00+09:00"},
            "refuses a moved clock",
            id="a moved clock",
        ),
        pytest.param(
            {"ALLOW_COMMAND_APPROVAL": "1"}, "refuses approval by command", id="command approval"
        ),
        pytest.param({"SECRET_KEY": ""}, "needs a SECRET_KEY", id="no secret"),
        pytest.param({"SECRET_KEY": "short"}, "needs a SECRET_KEY", id="a short secret"),
        pytest.param({"DATABASE_URL": ""}, "runs no servers of its own", id="own database"),
        pytest.param({"REDIS_URL": ""}, "runs no servers of its own", id="own broker"),
        pytest.param({"WESTER_ISSUER": ""}, "signs members in", id="no WESTER ID"),
        pytest.param(
            {"WESTER_ISSUER": "http://id.example"}, "signs members in", id="WESTER ID in the clear"
        ),
        pytest.param({"DRAW_KEY": ""}, "needs DRAW_KEY", id="no key of the draw"),
        pytest.param({"DRAW_SIGNING_KEY": ""}, "needs DRAW_KEY", id="no key to sign with"),
        pytest.param(
            {"DRAW_SIGNING_KEY": PRODUCTION["DRAW_KEY"]}, "two different", id="one key for both"
        ),
    ],
)
def test_check_ends_at_once_in_production_with(variables: dict[str, str], sentence: str) -> None:
    done = manage("check", **PRODUCTION | variables)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: Production ")
    assert sentence in done.stderr
    assert done.stderr.count("Production ") == 1
    assert "Traceback" not in done.stderr
    assert PRODUCTION["SECRET_KEY"] not in done.stderr


@pytest.mark.slow
def test_check_names_all_that_is_wrong_at_once() -> None:
    done = manage("check", PRODUCTION="1", DEBUG="1", DJANGO_SETTINGS_MODULE="config.settings")

    assert done.stderr.count("Production ") == 6


@pytest.mark.slow
def test_check_for_deployment_finds_nothing_in_production() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout
