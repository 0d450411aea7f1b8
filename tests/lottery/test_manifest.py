"""The manifest and the terms say what was frozen, to the byte."""

import hashlib
import json
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings as django_settings

from campaign.terms import written_values
from lottery import bundle, documents, freezing, protocol
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
    draw = frozen_draw(budget_points=123_456, edge="partial")
    manifest, published = json.loads(bytes(draw.manifest)), json.loads(bytes(draw.terms_json))
    entries = b"".join(bundle.stream_entries(draw))
    terms = draw.terms

    assert list(manifest) == sorted(manifest)
    assert set(manifest) == {
        "schema", "campaign", "sequence", "previous_manifest_sha256", "terms_sha256",
        "verifier_sha256", "entry_count", "lots_total", "eligible", "entries_sha256",
        "merkle_root", "pid_key_sha256", "beacon", "frozen_at", "publish_by", "min_gap_s",
        "signing_key", "budget_points", "edge", "prizes", "credit_at", "expires_on", "time_zone",
    }  # fmt: skip
    assert set(manifest["beacon"]) == {
        "chain_hash", "public_key", "scheme", "genesis_time", "period", "group_hash", "beacon_id",
        "round", "round_time",
    }  # fmt: skip
    assert manifest["schema"] == "pointdraw/2"
    assert (manifest["campaign"], manifest["sequence"]) == (terms.campaign.code, 1)
    assert manifest["previous_manifest_sha256"] is None
    assert manifest["terms_sha256"] == hashlib.sha256(bytes(draw.terms_json)).hexdigest()
    assert manifest["verifier_sha256"] == hashlib.sha256(bytes(draw.verifier)).hexdigest()
    assert bytes(draw.verifier) == freezing.VERIFIER.read_bytes()
    assert manifest["entry_count"] == draw.entry_count == 3
    assert manifest["lots_total"] == draw.lots_total == 3
    assert manifest["eligible"] == draw.eligible == [3]
    assert manifest["entries_sha256"] == hashlib.sha256(entries).hexdigest()
    assert manifest["merkle_root"] == protocol.root_of(protocol.leaves_of(entries)).hex()
    assert (manifest["budget_points"], manifest["edge"]) == (123_456, "partial")
    for name in ("budget_points", "edge", "prizes", "credit_at", "expires_on", "time_zone"):
        assert manifest[name] == published[name]
    assert manifest["frozen_at"] == FREEZES.timestamp()
    assert manifest["min_gap_s"] == django_settings.DRAW_MIN_GAP_S == 86_400
    beacon = manifest["beacon"]
    assert beacon["round_time"] == draw.round_time.timestamp() == ROUND.timestamp()
    assert manifest["publish_by"] == draw.publish_by.timestamp() == beacon["round_time"] - 86_400
    assert bytes(draw.manifest_sha256) == hashlib.sha256(bytes(draw.manifest)).digest()
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest["signing_key"]))
    public.verify(bytes.fromhex(draw.signature), bytes(draw.manifest_sha256))


def test_terms_file_is_that_of_the_campaign_file() -> None:
    draw = frozen_draw(kinds_free=[], lots_yen=7_000, lots_most=3)

    content = bytes(draw.terms_json)
    terms = json.loads(content)
    assert content == json.dumps(terms, sort_keys=True, separators=(",", ":")).encode()
    assert terms == documents.published_terms(written_values(draw.terms), version=1)
    assert (terms["schema"], terms["code"]) == ("campaign/2", draw.campaign.code)
    assert terms["lots"] == {"yen": 7_000, "most": 3, "times": []}
    assert (terms["opens_at"], terms["closes_at"]) == (OPENED.timestamp(), CLOSED.timestamp())


def test_empty_list_has_the_root_of_nothing() -> None:
    manifest = json.loads(bytes(frozen_draw({}).manifest))

    assert manifest["entry_count"] == 0
    nothing = hashlib.sha256(b"").hexdigest()
    assert (manifest["merkle_root"], manifest["entries_sha256"]) == (nothing, nothing)
