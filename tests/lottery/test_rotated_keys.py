"""The keys of the draw change: former draws still open and verify; a manifest names its key."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from lottery import keys
from lottery.bundle import write_bundle
from lottery.models import Draw
from lottery.refusals import BrokenKey
from tests import commands
from tests.factories.lottery import ROUND, closed_campaign, frozen_draw, publish, void
from tests.lottery.verifying import verify

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEW_KEY, NEW_SIGNING_KEY = b"\3" * 32, b"\4" * 32
KEYS_PAGE = "/draws/signing-keys.json"


def open_pid_key(draw: Draw) -> bytes:
    name = keys.key_name("pid", draw.campaign.code, draw.sequence)
    return keys.open_key(bytes(draw.pid_key or b""), name=name)


def states(draw: Draw) -> list[str]:
    report = commands.run_json("draw", "status", draw.campaign.code)
    return [row["draw_key"] for row in report["draws"]]


def test_former_draw_key_opens_only_what_it_encrypted(settings: Settings) -> None:
    campaign = closed_campaign()
    first = frozen_draw(campaign=campaign)
    opened = open_pid_key(first)
    void(first)
    settings.DRAW_KEY_FALLBACKS, settings.DRAW_KEY = [settings.DRAW_KEY], NEW_KEY
    second = frozen_draw(campaign=campaign, round_time=ROUND + DAY)

    assert open_pid_key(first) == opened
    assert states(second) == ["former", "current"]

    settings.DRAW_KEY_FALLBACKS = []  # too early: the first draw has its keys still
    assert states(second) == ["unknown", "current"]
    assert open_pid_key(second)
    with pytest.raises(BrokenKey):
        open_pid_key(first)

    assert keys.find_encrypting_key(None, name="") == "none"  # erased


def test_service_without_keys_opens_nothing(settings: Settings) -> None:
    draw = frozen_draw()
    settings.DRAW_KEY = b""

    assert states(draw) == ["unknown"]
    with pytest.raises(BrokenKey):
        open_pid_key(draw)


def test_manifest_names_its_key_and_former_ones_are_published(
    settings: Settings, tmp_path: Path, client: Client
) -> None:
    former = keys.signing_public_key()
    first = publish(frozen_draw())
    settings.DRAW_SIGNING_KEY = NEW_SIGNING_KEY
    second = frozen_draw()
    current = keys.signing_public_key()

    assert [signing_key(draw) for draw in (first, second)] == [former, current]
    assert published_keys(client) == [{"signing_key": former, "draws": [name(first)]}]

    publish(second)
    assert published_keys(client) == [
        {"signing_key": current, "draws": [name(second)]},
        {"signing_key": former, "draws": [name(first)]},
    ]
    write_bundle(first, tmp_path)
    assert verify(tmp_path, "--before-draw", "--signing-key", former).status == 0
    refused = verify(tmp_path, "--before-draw", "--signing-key", current)
    assert (refused.failed_step, refused.reason) == (
        1,
        "the signing key is not the one of --signing-key.",
    )


def signing_key(draw: Draw) -> str:
    return str(json.loads(bytes(draw.manifest))["signing_key"])


def name(draw: Draw) -> str:
    return f"{draw.campaign.code}/{draw.sequence}"


def published_keys(client: Client) -> Any:
    response = client.get(KEYS_PAGE)
    assert response.status_code == 200
    return response.json()["signing_keys"]
