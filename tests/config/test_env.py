"""The environment: good values are read, bad ones are refused by the name of their variable."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from environs import EnvError

from config import env as environment
from config.env import ROOT, MovedClock, env, local_secret, state_folder
from config.redis import read_redis

NAME = "READ_HERE"
JAPAN = timezone(timedelta(hours=9))
POSTGRES = "django.db.backends.postgresql"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Set the variable, or remove it from the environment."""

    def give(text: str | None) -> None:
        monkeypatch.delenv(NAME, raising=False)
        if text is not None:
            monkeypatch.setenv(NAME, text)

    return give


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, None, id="not set"),
        pytest.param("", None, id="empty"),
        pytest.param("1", True, id="1"),
        pytest.param("true", True, id="true"),
        pytest.param("0", False, id="0"),
        pytest.param("False", False, id="False"),
    ],
)
def test_switch_reads(
    given: Callable[[str | None], None], text: str | None, expected: bool | None, default: bool
) -> None:
    given(text)

    assert env.switch(NAME, default=default) is (default if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, "INFO", id="not set"),
        pytest.param("", "INFO", id="empty"),
        pytest.param("warning", "WARNING", id="small letters"),
        pytest.param("DEBUG", "DEBUG", id="capitals"),
    ],
)
def test_log_level_reads(
    given: Callable[[str | None], None], text: str | None, expected: str
) -> None:
    given(text)

    assert env.level(NAME) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, 8000, id="not set"),
        pytest.param("", 8000, id="empty"),
        pytest.param("1", 1, id="the first"),
        pytest.param("65535", 65535, id="the last"),
    ],
)
def test_port_reads(given: Callable[[str | None], None], text: str | None, expected: int) -> None:
    given(text)

    assert env.port(NAME, default=8000) == expected


def test_database_reads_an_address(given: Callable[[str | None], None]) -> None:
    given("postgresql://someone:p%40ss@db.example:5433/dodonto?sslmode=require")

    assert env.database(NAME) == {
        "ENGINE": POSTGRES,
        "USER": "someone",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 5433,
        "NAME": "dodonto",
        "OPTIONS": {"sslmode": "require"},
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


def test_database_reads_the_nodes_of_a_cluster(given: Callable[[str | None], None]) -> None:
    given("postgresql://someone@node1,node2:5432/dodonto")

    address = env.database(NAME)

    assert address is not None
    assert (address["HOST"], address["PORT"]) == ("node1,node2", 5432)


@pytest.mark.parametrize("text", [pytest.param(None, id="not set"), pytest.param("", id="empty")])
@pytest.mark.parametrize("read", [env.database, read_redis, env.moved_clock])
def test_a_missing_address_or_clock_is_none(
    given: Callable[[str | None], None], read: Callable[[str], object], text: str | None
) -> None:
    given(text)

    assert read(NAME) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "2024-12-10T12:00:00+09:00",
            MovedClock(datetime(2024, 12, 10, 12, tzinfo=JAPAN), runs=False),
            id="stands still",
        ),
        pytest.param(
            "from:2024-12-10T03:00:00Z",
            MovedClock(datetime(2024, 12, 10, 3, tzinfo=UTC), runs=True),
            id="runs on",
        ),
    ],
)
def test_moved_clock_reads(
    given: Callable[[str | None], None], text: str, expected: MovedClock
) -> None:
    given(text)

    assert env.moved_clock(NAME) == expected


@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(env.switch, "hidden", id="no yes or no"),
        pytest.param(env.level, "hidden", id="no level"),
        pytest.param(partial(env.port, default=1), "hidden", id="no number"),
        pytest.param(partial(env.port, default=1), "0", id="port zero"),
        pytest.param(partial(env.port, default=1), "65536", id="past the last port"),
        pytest.param(partial(env.port, default=1), "-1", id="a negative port"),
        pytest.param(partial(env.port, default=1), "８０００", id="full-width digits"),
        pytest.param(env.database, "hidden", id="no URL"),
        pytest.param(env.database, "mysql://u:hidden@h/d", id="another database"),
        pytest.param(env.database, "postgresql://u:hidden@h:port/d", id="a port of letters"),
        pytest.param(env.database, "postgresql://u:hidden@[::1/d", id="half an address"),
        pytest.param(env.database, "postgresql://u:hidden@h", id="no database's name"),
        pytest.param(read_redis, "http://hidden@h", id="another protocol"),
        pytest.param(read_redis, "redis://h:hidden", id="Redis on a port of letters"),
        pytest.param(read_redis, "redis://h:0", id="Redis on port zero"),
        pytest.param(read_redis, "redis://", id="Redis nowhere"),
        pytest.param(read_redis, "redis://[hidden", id="half an address of Redis"),
        pytest.param(read_redis, "unix://", id="a socket without a path"),
        pytest.param(read_redis, "redis://h/hidden", id="a database of letters"),
        pytest.param(read_redis, "redis://h?db=hidden", id="a database of letters, as an option"),
        pytest.param(read_redis, "redis://h?db=-1", id="a negative database"),
        pytest.param(read_redis, "rediss://h?hidden=1", id="an unknown option"),
        pytest.param(read_redis, "rediss://h?ssl_hidden=1", id="an unknown option of TLS"),
        pytest.param(read_redis, "rediss://h?ssl_cert_reqs=hidden", id="an unknown demand"),
        pytest.param(read_redis, "redis://h?ssl_cert_reqs=required", id="TLS without TLS"),
        pytest.param(read_redis, "rediss://h?ssl_ca_certs=/hidden", id="a file that is not there"),
        pytest.param(env.moved_clock, "hidden", id="no instant"),
        pytest.param(env.moved_clock, "from:hidden", id="from no instant"),
        pytest.param(env.moved_clock, "2024-12-10T12:00:00", id="an instant without offset"),
        pytest.param(env.moved_clock, "2024-12-10", id="a day"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(
    given: Callable[[str | None], None], read: Callable[[str], object], text: str
) -> None:
    given(text)

    with pytest.raises(EnvError) as refused:
        read(NAME)

    shown: BaseException | None = refused.value
    assert str(shown).startswith(f'Environment variable "{NAME}" ')
    while shown is not None:  # a traceback shows the causes too
        assert "hidden" not in str(shown)
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)


@pytest.mark.parametrize("text", ["hidden", "0", "-1", "1.5", "１", " 1"])
@pytest.mark.parametrize("read", [partial(env.count, default=1), env.optional_count])
def test_count_refuses(
    given: Callable[[str | None], None], read: Callable[[str], object], text: str
) -> None:
    given(text)

    with pytest.raises(EnvError, match=r"must be a whole number of 1 or more\.$"):
        read(NAME)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("s3cret", "s3cret", id="a line without an end"),
        pytest.param("s3cret\n", "s3cret", id="a line"),
        pytest.param("s3cret\r\n", "s3cret", id="a line of Windows"),
        pytest.param("s3cret\n\n", "s3cret\n", id="a line and an empty one"),
        pytest.param(" s3 cret ", " s3 cret ", id="spaces"),
        pytest.param("秘密", "秘密", id="UTF-8"),
    ],
)
def test_secret_reads_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, expected: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(content, "utf-8", newline="")
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    monkeypatch.setenv(NAME, "")  # as compose files leave it

    assert env.secret(NAME) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [(None, ""), ("", ""), ("s3cret", "s3cret"), ("s3cret\n", "s3cret\n")]
)
def test_secret_reads_the_variable(
    given: Callable[[str | None], None],
    monkeypatch: pytest.MonkeyPatch,
    text: str | None,
    expected: str,
) -> None:
    given(text)
    monkeypatch.setenv(f"{NAME}_FILE", "")

    assert env.secret(NAME) == expected


@pytest.mark.parametrize("read", [env.secret, env.database, read_redis])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="a file that is missing"),
        pytest.param(b"", id="an empty file"),
        pytest.param(b"\n", id="an empty line"),
        pytest.param(b"hidden \xff", id="bytes that are no text"),
    ],
)
def test_secret_refuses(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: bytes | None,
    read: Callable[[str], object],
) -> None:
    file = tmp_path / "hidden"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(f"{NAME}_FILE", str(file))

    with pytest.raises(EnvError) as refused:
        read(NAME)

    assert str(refused.value) == (
        f'Environment variable "{NAME}_FILE" must name a file that can be read and is not empty.'
    )
    assert refused.value.__suppress_context__


def test_secret_refuses_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path))

    with pytest.raises(EnvError, match=f'"{NAME}_FILE" must name a file'):
        env.secret(NAME)


def test_secret_refuses_a_variable_and_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("hidden")
    monkeypatch.setenv(NAME, "hidden")
    monkeypatch.setenv(f"{NAME}_FILE", str(file))

    with pytest.raises(EnvError) as refused:
        env.secret(NAME)

    assert str(refused.value) == (
        f'Environment variable "{NAME}" and {NAME}_FILE are both set: unset one of them.'
    )


def test_unfit_secret_of_a_file_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "address"
    file.write_text("postgresql://u:hidden@h:x/d")
    monkeypatch.setenv(f"{NAME}_FILE", str(file))

    with pytest.raises(EnvError, match=f'"{NAME}" must be a URL') as refused:
        env.database(NAME)

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ROOT / ".local", id="empty"),
        pytest.param("elsewhere", ROOT / "elsewhere", id="relative to the checkout"),
        pytest.param("/srv/../srv/state", Path("/srv/state"), id="absolute"),
    ],
)
def test_state_folder_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, expected: Path
) -> None:
    monkeypatch.setenv("LOCAL_STATE_DIR", text)
    monkeypatch.chdir(tmp_path)

    assert state_folder() == expected.resolve()


def test_local_secret_is_created_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secret"

    secret = local_secret(file)

    assert local_secret(file) == secret
    assert len(secret) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_local_secret_is_the_one_that_another_command_created_meanwhile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"

    def make_first(length: int) -> str:
        file.write_text("theirs")
        return "o" * length

    monkeypatch.setattr(environment, "get_random_string", make_first)

    assert local_secret(file) == "theirs"


def test_local_secret_refuses_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EnvError, match='"LOCAL_STATE_DIR" must name a folder that can'):
        local_secret(tmp_path / "file" / "secret")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, ["https://default.example"], id="not set"),
        pytest.param(" , ", ["https://default.example"], id="empty"),
        pytest.param("https://a.example", ["https://a.example"], id="one"),
        pytest.param(
            "https://a.example/, https://b.example:8443/drand/",
            ["https://a.example", "https://b.example:8443/drand"],
            id="two, with slashes at their ends",
        ),
        pytest.param("http://127.0.0.1:8080", ["http://127.0.0.1:8080"], id="this machine"),
        pytest.param("http://[::1]:8080", ["http://[::1]:8080"], id="this machine by IPv6"),
    ],
)
def test_relays_reads(
    given: Callable[[str | None], None], text: str | None, expected: list[str]
) -> None:
    given(text)

    assert env.relays(NAME, default=["https://default.example"]) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("http://a.example", id="without TLS"),
        pytest.param("https://a.example,http://hidden.example", id="the second without TLS"),
        pytest.param("https://a.example?hidden=1", id="a query"),
        pytest.param("hidden", id="no address"),
        pytest.param("https://", id="no host"),
        pytest.param("https://a.example:0", id="no port"),
        pytest.param("https://[hidden", id="half an address"),
    ],
)
def test_relays_refuses(given: Callable[[str | None], None], text: str) -> None:
    given(text)

    with pytest.raises(EnvError, match="must be https:// URLs") as refused:
        env.relays(NAME, default=[])

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, ["other"], id="not set"),
        pytest.param("", ["other"], id="empty"),
        pytest.param(" , ", ["other"], id="nothing between the commas"),
        pytest.param("a.example, .b.example", ["a.example", ".b.example"], id="names"),
        pytest.param("a.example:8443", ["a.example"], id="a port, which Django never compares"),
        pytest.param("*", ["*"], id="any"),
        pytest.param("[::1]:8000,192.0.2.1", ["[::1]", "192.0.2.1"], id="addresses"),
    ],
)
def test_hosts_reads(
    given: Callable[[str | None], None], text: str | None, expected: list[str]
) -> None:
    given(text)

    assert env.hosts(NAME, default=["other"]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example",
        "a.example/",
        "*.a.example",
        "2001:db8::1",
        "a b",
        "a_b",
        "a.example,例え.jp",
    ],
)
def test_hosts_refuses_what_would_match_no_request(
    given: Callable[[str | None], None], text: str
) -> None:
    given(text)

    with pytest.raises(EnvError, match=f'"{NAME}" must be names of hosts') as refused:
        env.hosts(NAME, default=[])
    assert text not in str(refused.value)
