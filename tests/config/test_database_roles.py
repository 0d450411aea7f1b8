"""Compose makes the roles of the database, and gives each service the address of its own."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.new_secrets import new_database
from core.rights import APP, OWNER
from tests.outside import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PASSWORDS = ROOT / "config" / "role_passwords.sh"
# Prints what it is given, in place of PostgreSQL's own.
FAKE = '#!/bin/sh\necho "$@"\ncat\n'


def test_the_database_is_made_with_its_roles_and_their_passwords() -> None:
    mounted = [one.split(":") for one in SERVICES["postgres"]["volumes"] if one.startswith("./")]

    # The image executes them in the order of their names there.
    assert [source for source, _, _ in sorted(mounted, key=lambda one: one[1])] == [
        "./core/sql/roles.sql",
        "./config/role_passwords.sh",
    ]
    assert {target.rpartition("/")[0] for _, target, _ in mounted} == {
        "/docker-entrypoint-initdb.d"
    }
    assert {mode for _, _, mode in mounted} == {"ro"}
    assert not os.access(PASSWORDS, os.X_OK)  # it is sourced, and stops the image where it fails


def test_only_migrate_has_the_owner_s_address() -> None:
    assert having("database_owner_url") == {"migrate", "postgres"}
    assert having("postgres_password") == {"postgres"}
    assert having("database_url") >= {"web", "worker", "commands"}
    assert "migrate" not in having("database_url")


def having(secret: str) -> set[str]:
    """Return the services that have a secret."""
    return {name for name, one in SERVICES.items() if secret in one.get("secrets", [])}


def test_each_role_gets_the_password_of_its_own_address(tmp_path: Path) -> None:
    secrets = new_database()
    for name, text in secrets.items():
        (tmp_path / name).write_text(f"{text}\n")
    (tmp_path / "psql").write_text(FAKE)
    (tmp_path / "psql").chmod(0o700)
    files = SERVICES["postgres"]["environment"]["ROLE_ADDRESSES"]

    done = subprocess.run(
        ["bash", "-Eeuo", "pipefail", str(PASSWORDS)],
        check=True,
        capture_output=True,
        text=True,
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "ROLE_ADDRESSES": files.replace("/run/secrets", str(tmp_path)),
            "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "dodonto",
        },
    )

    for role, name in ((OWNER, "database_owner_url"), (APP, "database_url")):
        password = secrets[name].removeprefix(f"postgresql://{role}:").partition("@")[0]
        assert len(password) == 64
        assert f"--set role={role} --set password={password}\n" in done.stdout
    assert done.stdout.count("ALTER ROLE :\"role\" PASSWORD :'password';") == 2


@pytest.mark.parametrize("role", [OWNER, APP])
def test_an_address_names_its_role(role: str) -> None:
    named = {"database_owner_url": OWNER, "database_url": APP}
    found = {name: text for name, text in new_database().items() if name in named}

    assert [name for name, text in found.items() if f"//{role}:" in text] == [
        name for name, one in named.items() if one == role
    ]
