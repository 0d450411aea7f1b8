"""Compose file, image, nginx, settings and manual agree with one another."""

import os
import re
import runpy
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

from config import alive, new_secrets, webserver
from config.production import NEEDS
from dev.demo.processes import demo_services
from dev.embedded import postgres
from tests.outside import PRODUCTION, ROOT, environment, run_python

COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "config" / "nginx.conf").read_text()
SITE = (ROOT / "config" / "nginx_site.conf").read_text()
MANUAL = "".join(
    path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]
)
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = ("migrate", "web", "worker", "beat", "commands")
VARIABLE = re.compile(r"\$\{([A-Z_]+)(:[?-])?\}?")


def variables_read() -> set[str]:
    read = re.compile(r"\b(?:env|environment)\.\w+\(\"([A-Z_]+)\"|environ\.get\(\"([A-Z_]+)\"")
    found = {
        name
        for path in (ROOT / "config").glob("*.py")
        for names in read.findall(path.read_text())
        for name in names
        if name
    } | {"DRAW_KEY", "DRAW_SIGNING_KEY", "ERASURE_KEY", "REDIS_URL"}
    return found | {f"{name}_FILE" for name in found}


def test_compose_runs_what_the_design_names() -> None:
    assert set(SERVICES) == {"postgres", "redis", "nginx", *OURS}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_share_one_read_only_image(name: str) -> None:
    service = SERVICES[name]

    assert service["image"] == "dodonto"
    assert service["build"]["target"] == "app"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")


def test_only_nginx_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["nginx"]["networks"] == ["outside"]
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["data"]
    assert yaml.safe_load(COMPOSE)["networks"]["data"] == {"internal": True}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_get_only_variables_that_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= variables_read()


@pytest.mark.parametrize("name", OURS)
def test_our_containers_start_with_their_secrets_and_no_others(
    name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        variable: text.replace("/run/secrets", str(secrets))
        for variable, text in SERVICES[name]["environment"].items()
    }
    values = PRODUCTION | {"WEB_CONCURRENCY": "2"}
    filled = {
        variable: VARIABLE.sub(lambda found: values.get(found[1], ""), text).replace("}", "")
        for variable, text in given.items()
    }
    monkeypatch.setattr(os, "environ", environment(**filled))

    found = runpy.run_path(str(ROOT / "config" / "settings.py"))

    assert (found["PRODUCTION"], found["SERVICE"]) == (True, name)
    given_needs = {
        need
        for need, setting in {
            "secret_key": found["SECRET_KEY"],
            "database": found["DATABASES"],
            "redis": found["REDIS_URL"],
            "sign_in": found["WESTER_CLIENT_SECRET"],
            "draw": found["DRAW_KEY"] or found["DRAW_SIGNING_KEY"],
            "erasure": found["ERASURE_KEY"],
        }.items()
        if setting
    }
    assert given_needs == NEEDS[name]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of new secrets, as an operator makes them."""
    folder = tmp_path_factory.mktemp("host") / "secrets"
    assert new_secrets.main([str(folder)]) == 0
    (folder / "wester_client_secret").write_text("issued by WESTER\n")
    return folder


@pytest.mark.parametrize("name", [*OURS, "postgres", "redis"])
def test_a_container_mounts_exactly_the_secrets_that_it_reads(name: str) -> None:
    service = SERVICES[name]
    words = [*service.get("environment", {}).values(), service.get("command", "")]
    read = set(re.findall(r"/run/secrets/(\w+)", " ".join(map(str, words))))

    assert sorted(service["secrets"]) == sorted(read)


def test_no_secret_is_in_a_variable_of_a_container() -> None:
    for service in SERVICES.values():
        for name, text in service.get("environment", {}).items():
            is_secret = re.search(r"SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL|REDIS_URL", name)
            assert not is_secret or (name.endswith("_FILE") and text.startswith("/run/secrets/"))
    assert "://" not in re.sub(r"#.*", "", COMPOSE)


def test_every_secret_is_a_file_that_somebody_reads(secrets: Path) -> None:
    files = yaml.safe_load(COMPOSE)["secrets"]
    ours = {name for name in files if not name.startswith("tls_")}

    assert {file.name for file in secrets.iterdir()} == ours
    assert all(files[name] == {"file": f"${{SECRETS:?}}/{name}"} for name in ours)
    used = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert used == set(files)


def test_every_container_has_limits() -> None:
    for name, service in SERVICES.items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert 0 < service["pids_limit"] <= 256, name
    # A full Redis refuses writes before the machine ends it, and Postgres has room for its buffers.
    assert "--maxmemory 256mb" in SERVICES["redis"]["command"]
    assert SERVICES["redis"]["mem_limit"] == "512m"
    assert "shared_buffers=1GB" in SERVICES["postgres"]["command"]
    assert SERVICES["postgres"]["mem_limit"] == "4g"


def test_commands_run_only_when_called() -> None:
    assert {name: one["profiles"] for name, one in SERVICES.items() if "profiles" in one} == {
        "commands": ["commands"]
    }
    assert SERVICES["commands"]["restart"] == "no"


def test_redis_lets_nobody_in_without_a_password() -> None:
    assert "--aclfile /run/secrets/redis_users" in SERVICES["redis"]["command"]
    words = SERVICES["redis"]["healthcheck"]["test"]
    assert words[words.index("--user") + 1] == "health"


@pytest.mark.parametrize("forbidden", ["DEBUG", "DEMO_MODE", "CAMPAIGN_NOW", "MEMBERS", "FEEDS"])
def test_nothing_of_a_demo_is_in_production(forbidden: str) -> None:
    assert not re.search(rf"\b{forbidden}\b", COMPOSE + DOCKERFILE)


def test_the_manual_names_every_value_that_compose_needs() -> None:
    requested = {name for name, _ in VARIABLE.findall(COMPOSE)}

    assert len(requested) > 10
    assert sorted(name for name in requested if f"`{name}" not in MANUAL) == []


def test_compose_runs_the_postgres_that_the_tests_run_on() -> None:
    assert SERVICES["postgres"]["image"] == f"postgres:{postgres.MAJOR}"
    assert f"PostgreSQL {postgres.MAJOR}" in MANUAL
    # Where the image of this version keeps its data, in a folder of the major version's.
    assert "postgres:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


def test_nothing_starts_before_what_it_needs() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat", "commands"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "redis": {"condition": "service_healthy"},
        }
    for name in ("postgres", "redis"):
        assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_workers_are_started_as_the_demo_starts_them(name: str) -> None:
    words = shlex.split(SERVICES[name]["command"])
    parts = demo_services(port=8000, plays_wester=False)
    demo = next(part.arguments for part in parts if part.name == name)

    assert words[:4] == demo[:4] == ["celery", "--app", "config", name]


def test_web_is_started_like_in_the_image() -> None:
    command = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)

    assert "command" not in SERVICES["web"]
    assert yaml.safe_load(command[-1])[:3] == ["gunicorn", "--config", "python:config.webserver"]
    assert find_spec("config.wsgi")
    port = re.search(r"set \$site web:(\d+);", SITE)
    assert port
    assert f"0.0.0.0:{port[1]}" in command[-1]
    assert int(port[1]) == alive.PORT


def test_the_connections_of_all_threads_fit_into_postgres() -> None:
    most = re.search(r"max_connections=(\d+)", SERVICES["postgres"]["command"])

    assert most
    assert webserver.workers * webserver.threads + 20 < int(most[1])
    assert webserver.threads > settings.WESTER_MAX_REQUESTS


def test_the_image_is_slim_and_runs_unprivileged() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    final = DOCKERFILE.rsplit("FROM", 1)[1]

    assert images[0] == images[-1] == "python:3.11-slim"
    assert re.search(r"^USER dodonto$", final, re.MULTILINE)
    assert "pip install" not in final
    assert "requirements.lock" in DOCKERFILE
    assert DOCKERFILE.count("--require-hashes") == DOCKERFILE.count("pip install") == 2


def test_the_image_has_a_python_that_we_support() -> None:
    version = re.search(r"python:(\d+)\.(\d+)-slim", DOCKERFILE)

    assert version
    assert (int(version[1]), int(version[2])) == (3, 11)
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()


def test_the_image_compiles_translations_with_only_the_locked_babel() -> None:
    wanted, names = False, []
    for line in (ROOT / "requirements-dev.lock").read_text().splitlines():
        if line[:1].isalpha():
            wanted = line.startswith("babel==")
            names += [line] if wanted else []

    assert "/^[a-z]/ {wanted = /^babel==/} wanted" in DOCKERFILE
    assert len(names) == 1


def test_the_image_is_built_without_a_secret(tmp_path: Path) -> None:
    step = re.search(
        r"^RUN (PRODUCTION=1 .*)python manage.py collectstatic", DOCKERFILE, re.MULTILINE
    )
    assert step

    done = run_python(
        "manage.py",
        "collectstatic",
        "--noinput",
        "--dry-run",
        **dict(pair.split("=") for pair in step[1].split()),
        DJANGO_SETTINGS_MODULE="config.settings",
        STATIC_ROOT=str(tmp_path),
    )

    assert done.returncode == 0, done.stderr
    assert not re.search(r"SECRET|KEY=|PASSWORD|DATABASE_URL", DOCKERFILE)


def test_nginx_serves_the_static_files_from_where_the_image_puts_them() -> None:
    assert f"location {settings.STATIC_URL} {{" in NGINX
    assert "alias /srv/static/;" in NGINX
    assert f"COPY --from=build /app/{settings.STATIC_ROOT.name} /srv/static" in DOCKERFILE
    assert "include /etc/nginx/site.conf;" in NGINX
    assert "COPY config/nginx_site.conf /etc/nginx/site.conf" in DOCKERFILE
    assert "COPY config/nginx_headers.conf /etc/nginx/headers.conf" in DOCKERFILE
    assert "COPY config/errors /srv/errors" in DOCKERFILE


def test_nginx_uses_the_name_servers_of_its_container() -> None:
    front = DOCKERFILE.split(" AS front\n")[1].split("FROM ")[0]

    template = (
        "COPY config/nginx_resolver.conf.template /etc/nginx/templates/resolver.conf.template"
    )
    assert template in front
    # The image's start fills in templates; it writes where the container can be written.
    assert "NGINX_ENTRYPOINT_LOCAL_RESOLVERS=1 NGINX_ENVSUBST_OUTPUT_DIR=/run" in front
    assert "/run" in SERVICES["nginx"]["tmpfs"]
    assert "include /run/resolver.conf;" in NGINX
    assert "command" not in SERVICES["nginx"]
    assert "proxy_pass http://$site;" in SITE


@pytest.mark.parametrize("path", ["/metrics", "/healthz/live", "/healthz/ready"])
def test_internal_addresses_are_closed_at_nginx(path: str) -> None:
    assert resolve(path).url_name
    location = "= /metrics" if path == "/metrics" else "/healthz/"
    assert re.search(rf"location {location} \{{\s+return 404;\s+\}}", NGINX)


def test_nginx_overwrites_the_headers_that_the_site_trusts() -> None:
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in SITE
    assert "proxy_set_header Host $host;" in SITE
    assert "proxy_buffering on;" in SITE
    assert "proxy_next_upstream off;" in SITE


def test_nginx_timeouts_fit_those_of_the_site() -> None:
    patience = re.search(r"proxy_read_timeout (\d+)s;", SITE)
    idle = re.search(r"keepalive_timeout (\d+)s;", NGINX)

    assert patience
    assert idle
    assert int(patience[1]) > webserver.timeout
    assert int(idle[1]) < webserver.keepalive


def test_nginx_logs_no_address_and_no_query() -> None:
    assert "access_log off;" in NGINX
    assert re.findall(r"error_log \S+ (\w+);", NGINX) == ["crit"]


def test_nginx_limits_the_rate_of_requests() -> None:
    for zone in set(re.findall(r"limit_req zone=(\w+)", NGINX)):
        assert re.search(rf"limit_req_zone \S+ zone={zone}:", NGINX)
    assert "limit_conn_zone" in NGINX
