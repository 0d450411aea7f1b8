"""The manifest and the terms say what was frozen, to the byte."""

import hashlib
import json
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings as django_settings

from lottery import freezing, protocol
from tests.factories.campaign import FIRST_TERMS
from tests.factories.lottery import (
    CLOSED,
    FREEZES,
    ROUND,
    frozen_draw,
)

pytestmark = pytest.mark.django_db
OPENED: datetime = FIRST_TERMS["opens_at"]


def test_manifest_says_what_was_frozen() -> None:
    draw = frozen_draw(budget_points=123_456, policy="partial")
    manifest = json.loads(bytes(draw.manifest))
    entries = b"".join(
        bytes(one.pid) + bytes(one.commitment) for one in draw.entrants.order_by("position")
    )
    terms = draw.terms

    assert list(manifest) == sorted(manifest)
    assert set(manifest) == {
        "schema", "campaign", "sequence", "previous_manifest_sha256", "terms_sha256",
        "verifier_sha256", "entry_count", "entries_sha256", "merkle_root", "reward_cap", "budget",
        "policy", "pid_key_sha256", "beacon", "frozen_at", "publish_by", "min_gap_s", "credit_on",
        "expires_on", "time_zone", "signing_key",
    }  # fmt: skip
    assert set(manifest["beacon"]) == {
        "chain_hash", "public_key", "scheme", "genesis_time", "period", "group_hash", "beacon_id",
        "round", "round_time",
    }  # fmt: skip
    assert manifest["schema"] == "pointdraw/1"
    assert (manifest["campaign"], manifest["sequence"]) == (terms.campaign.code, 1)
    assert manifest["previous_manifest_sha256"] is None
    assert manifest["terms_sha256"] == hashlib.sha256(bytes(draw.terms_json)).hexdigest()
    assert manifest["verifier_sha256"] == hashlib.sha256(bytes(draw.verifier)).hexdigest()
    assert bytes(draw.verifier) == freezing.VERIFIER.read_bytes()
    assert manifest["entry_count"] == draw.entry_count == 3
    assert manifest["entries_sha256"] == hashlib.sha256(entries).hexdigest()
    assert manifest["merkle_root"] == protocol.root_of(protocol.leaves_of(entries)).hex()
    assert (manifest["budget"], manifest["policy"]) == (123_456, "partial")
    assert manifest["reward_cap"] == terms.reward_cap_points
    assert manifest["frozen_at"] == FREEZES.timestamp()
    assert manifest["min_gap_s"] == django_settings.DRAW_MIN_GAP_S == 86_400
    beacon = manifest["beacon"]
    assert beacon["round_time"] == draw.round_time.timestamp() == ROUND.timestamp()
    assert manifest["publish_by"] == draw.publish_by.timestamp() == beacon["round_time"] - 86_400
    assert (manifest["credit_on"], manifest["expires_on"]) == ("2025-02-15", "2026-03-31")
    assert bytes(draw.manifest_sha256) == hashlib.sha256(bytes(draw.manifest)).digest()
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest["signing_key"]))
    public.verify(bytes.fromhex(draw.signature), bytes(draw.manifest_sha256))


def test_terms_file_says_the_terms() -> None:
    draw = frozen_draw(kinds_free=[], kinds_excluded=["corporate", "smart_ex_overseas"])

    content = bytes(draw.terms_json)
    terms = json.loads(content)
    assert content == json.dumps(terms, sort_keys=True, separators=(",", ":")).encode()
    assert terms == {
        "campaign": draw.campaign.code,
        "version": 1,
        "opens_at": int(OPENED.timestamp()),
        "closes_at": int(CLOSED.timestamp()),
        "travel_first": "2024-12-26",
        "travel_last": "2025-01-06",
        "minimum_total": 5_000,
        "reward_cap": 20_000,
        "budget": 100_000_000,
        "policy": "stop",
        "credit_on": "2025-02-15",
        "expires_on": "2026-03-31",
        "time_zone": "Asia/Tokyo",
        "operator": "JR West",
        "kinds_excluded": ["corporate", "smart_ex_overseas"],
        "kinds_registered": ["jq_card_express", "jr_central_express_card", "smart_ex"],
        "kinds_free": [],
    }


def test_empty_list_has_the_root_of_nothing() -> None:
    manifest = json.loads(bytes(frozen_draw({}).manifest))

    assert manifest["entry_count"] == 0
    nothing = hashlib.sha256(b"").hexdigest()
    assert (manifest["merkle_root"], manifest["entries_sha256"]) == (nothing, nothing)
