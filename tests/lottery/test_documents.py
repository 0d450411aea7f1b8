"""The published files, byte for byte as the text of the protocol has them."""

import copy
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import pytest

from campaign import plan as campaign_plan
from lottery import protocol
from lottery.beacon import ChainInfo, Round, round_json
from lottery.documents import (
    DrawnPlace,
    FrozenList,
    ManifestHeader,
    WinnerLine,
    escaped,
    manifest_json,
    published_json,
    published_terms,
    receipt_json,
    result_json,
    winner_line,
    winners_csv,
)
from lottery.selection import order_entrants, select_awards
from tests.lottery import reference
from tests.lottery.plans import PLANS, SEVERAL


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("日本", id="beyond ASCII"),
        pytest.param("a\n", id="a line end"),
        pytest.param("\x7f", id="delete"),
        pytest.param(2**53, id="54 bits"),
        pytest.param(-(2**53), id="54 bits below"),
        pytest.param(["ok", {"deep": "é"}], id="deep inside"),
    ],
)
def test_published_json_refuses(value: Any) -> None:
    with pytest.raises(ValueError, match="A published"):
        published_json({"value": value})


@pytest.mark.parametrize("value", [0.5, True, False, [True]], ids=repr)
def test_published_json_refuses_fractions_and_booleans(value: Any) -> None:
    with pytest.raises(TypeError):
        published_json({"value": value})


def test_published_json_refuses_keys() -> None:
    with pytest.raises(ValueError, match="A published string"):
        published_json({"é": 1})


def test_published_json_is_sorted_and_dense() -> None:
    content = {"b": [1, None], "a": {"d": ' ~"\\', "c": 2**53 - 1}}

    assert published_json(content) == (b'{"a":{"c":9007199254740991,"d":" ~\\"\\\\"},"b":[1,null]}')


FILE: dict[str, Any] = {
    "schema": "campaign/2",
    "code": "summer-1",
    "series": {"code": "summer", "course": "a", "carried": True},
    "name": {"ja": "夏", "en": "Summer"},
    "public_at": "2024-12-10T12:00:00+09:00",
    "opens_at": "2024-12-10T12:00:00+09:00",
    "closes_at": "2025-01-14T00:00:00+09:00",
    "entry_needed": False,
    "credit_at": "2025-02-15T01:00:00Z",
    "expires_on": "2026-03-31",
    "kept_until": "2027-03-31",
    "time_zone": "Asia/Tokyo",
    "bookings": {
        "touches": [
            {"services": ["smart_ex", "e5489"], "operator": "JR West", "lines": ["山陽", "50%"]},
            {"services": ["ex_yoyaku"], "operator": "JR Central", "lines": None},
        ],
        "travel": [
            {"first": "2024-12-26", "last": "2025-01-06"},
            {"first": "2025-01-10", "last": "2025-01-12"},
        ],
        "booked": {"from": "2024-12-01T00:00:00+09:00", "until": "2024-12-31T00:00:00+09:00"},
        "products_excluded": ["rail_points", "fare_only"],
        "channels_excluded": [],
        "payment_methods": {"smart_ex": ["z", "a"], "窓": ["b"]},
        "kinds_excluded": ["b", "a"],
        "kinds_registered": [],
        "kinds_free": ["a"],
        "phone_changes_excluded": True,
        "stopovers_excluded": False,
    },
    "minimum_total_yen": 5000,
    "lots": {"yen": 5000, "most": 20, "times": [{"when": ["ticketless", "e5489"], "times": 2}]},
    "budget_points": 100,
    "edge": "partial",
    "prizes": [
        {
            "code": "z",
            "name": {"ja": "一等", "en": "First"},
            "take": {"winners": 3},
            "minimum_total_yen": 7000,
            "beside": False,
            "reward": {
                "kind": "spent",
                "percent": 50,
                "cap": 10,
                "cap_if": [{"when": ["ticketless", "e5489"], "cap": 20}],
            },
        },
        {
            "code": "a",
            "name": {"ja": "二等", "en": "Second"},
            "take": {"all": True},
            "minimum_total_yen": None,
            "beside": True,
            "reward": {"kind": "pool", "points": 9, "cap": None},
        },
    ],
    "expected_sales_yen": 1,
    "expected_sales_basis": "秘密",
    "texts": {},
}
TERMS = (
    b'{"bookings":{"booked":{"from":1732978800,"until":1735570800},"channels_excluded":[],'
    b'"kinds_excluded":["a","b"],"kinds_free":["a"],"kinds_registered":[],'
    b'"payment_methods":{"%E7%AA%93":["b"],"smart_ex":["a","z"]},"phone_changes_excluded":1,'
    b'"products_excluded":["fare_only","rail_points"],"stopovers_excluded":0,"touches":['
    b'{"lines":["%E5%B1%B1%E9%99%BD","50%25"],"operator":"JR West",'
    b'"services":["e5489","smart_ex"]},'
    b'{"lines":null,"operator":"JR Central","services":["ex_yoyaku"]}],"travel":['
    b'{"first":"2024-12-26","last":"2025-01-06"},{"first":"2025-01-10","last":"2025-01-12"}]},'
    b'"budget_points":100,"closes_at":1736780400,"code":"summer-1","credit_at":1739581200,'
    b'"edge":"partial","entry_needed":0,"expires_on":"2026-03-31","kept_until":"2027-03-31",'
    b'"lots":{"most":20,"times":[{"times":2,"when":["e5489","ticketless"]}],"yen":5000},'
    b'"minimum_total_yen":5000,"opens_at":1733799600,"prizes":['
    b'{"beside":0,"code":"z","minimum_total_yen":7000,"reward":{"cap":10,"cap_if":['
    b'{"cap":20,"when":["e5489","ticketless"]}],"kind":"spent","percent":50},"take":{"winners":3}},'
    b'{"beside":1,"code":"a","minimum_total_yen":null,"reward":{"cap":null,"kind":"pool",'
    b'"points":9},"take":{"all":1}}],"public_at":1733799600,"schema":"campaign/2",'
    b'"series":{"carried":1,"code":"summer","course":"a"},"time_zone":"Asia/Tokyo","version":7}'
)


def test_terms_are_published_to_the_byte() -> None:
    before = copy.deepcopy(FILE)

    assert published_json(published_terms(FILE, version=7)) == TERMS
    assert before == FILE


def test_terms_without_series_and_booking_period_have_nulls() -> None:
    file = FILE | {"series": None, "bookings": FILE["bookings"] | {"booked": None}}

    terms = published_terms(file, version=1)

    assert terms["series"] is None
    assert terms["bookings"]["booked"] is None


@pytest.mark.parametrize(
    ("text", "published"),
    [
        pytest.param("山陽", "%E5%B1%B1%E9%99%BD", id="kanji"),
        pytest.param(' !"~', ' !"~', id="both ends of ASCII stay"),
        pytest.param("\x1f\x7f\n", "%1F%7F%0A", id="beyond both ends"),
        pytest.param("100%", "100%25", id="the mark itself"),
        pytest.param("é😀", "%C3%A9%F0%9F%98%80", id="two and four bytes"),
    ],
)
def test_escaped(text: str, published: str) -> None:
    assert escaped(text) == published
    assert unquote(published) == text


def made_files(plan: reference.Plan) -> reference.Files:
    """Return a drawn bundle made by the program's own functions, for the reference's inputs."""
    keyed = protocol.keyed_hash(plan.nonce_key)
    rows: dict[bytes, tuple[str, reference.Entry, bytes, bytes]] = {}
    for entry in reference.entries_of(plan):
        pid = protocol.pid_of(protocol.keyed_hash(plan.pid_key), entry.wester_id.encode())
        nonces, openings = protocol.member_hider(plan.nonce_key, len(plan.prizes))(
            pid, entry.wester_id.encode()
        )
        assert not plan.prizes or nonces.startswith(protocol.nonce_of(keyed, pid, 1))
        record = protocol.seal_record(pid, entry.lots, entry.rewards, openings)
        rows[pid] = (entry.wester_id, entry, nonces, record)
    entries = b"".join(rows[pid][3] for pid in sorted(rows))
    terms = json.loads(reference.terms_of(plan))
    beacon = {key: plan.beacon[key] for key in ChainInfo.__dataclass_fields__}
    chain = ChainInfo(**beacon)
    verifier = reference.VERIFIER.read_bytes()
    manifest = manifest_json(
        header=ManifestHeader(
            campaign=terms["code"],
            sequence=1,
            previous_manifest_sha256=None,
            verifier_sha256=sha256(verifier).hexdigest(),
            signing_key=plan.signing_key.public_key().public_bytes_raw().hex(),
        ),
        terms=terms,
        entries=FrozenList(
            entry_count=len(rows),
            lots_total=sum(row[1].lots for row in rows.values()),
            eligible=[
                sum(row[1].mask >> place & 1 for row in rows.values())
                for place in range(len(plan.prizes))
            ],
            entries_sha256=sha256(entries).hexdigest(),
            merkle_root=protocol.root_of(protocol.subtrees_of(entries)).hex(),
            pid_key_sha256=sha256(plan.pid_key).hexdigest(),
        ),
        chain=chain,
        round_number=plan.number,
        frozen_at=datetime.fromtimestamp(chain.time_of(plan.number) - plan.gap - 60, tz=UTC),
        min_gap_s=plan.gap,
    )
    drawn_by = Round(plan.number, *reference.local_round(plan.number))
    manifest_hash = protocol.sha256(manifest)
    seed = protocol.seed_of(manifest_hash, plan.number, bytes.fromhex(drawn_by.randomness))
    order = order_entrants(seed, [(pid, row[1].lots) for pid, row in rows.items()])
    selection = select_awards(plain_plan(plan), [rows[place.pid][1].rewards for place in order])
    lines = []
    for line in selection.lines:
        place = order[line.rank - 1]
        wester_id, entry, nonces, _ = rows[place.pid]
        lines.append(
            winner_line(
                line,
                pid=place.pid,
                lot=place.lot,
                rewards=entry.rewards,
                nonces=nonces,
                wester_id=wester_id.encode(),
            )
        )
    winners = winners_csv(lines)
    return {
        "terms.json": published_json(terms),
        "manifest.json": manifest,
        "manifest.sig": reference.signed(manifest, plan.signing_key),
        "entries.bin": entries,
        "verify_draw.py": verifier,
        "round.json": round_json(drawn_by),
        "result.json": result_json(
            manifest_sha256=manifest_hash.hex(),
            drawn_by=drawn_by,
            seed=seed,
            selection=selection,
            winners_sha256=sha256(winners).hexdigest(),
        ),
        "winners.csv": winners,
    }


def plain_plan(plan: reference.Plan) -> campaign_plan.Plan:
    """Return the prizes of the reference as the program has them."""
    prizes = []
    for number, one in enumerate(plan.prizes, 1):
        ((kind, count),) = one["take"].items()
        take = campaign_plan.Take(kind, 0 if kind == "all" else count)
        # The selection is given the rewards and looks at no rule of them.
        points = campaign_plan.Fixed(1)
        prizes.append(
            campaign_plan.Prize(number, one["code"], take, points, beside=bool(one["beside"]))
        )
    edge: campaign_plan.Edge = "partial" if plan.edge == "partial" else "stop"
    return campaign_plan.Plan(plan.minimum, campaign_plan.Lots(), tuple(prizes), plan.budget, edge)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_every_file_is_the_one_that_the_text_gives(plan: reference.Plan) -> None:
    assert made_files(plan) == reference.drawn_files(plan)


def test_receipts_are_those_that_the_text_gives() -> None:
    plan, files = SEVERAL, reference.drawn_files(SEVERAL)
    entries = reference.entries_of(plan)
    leaves = protocol.leaves_of(files["entries.bin"])

    for index, entry in enumerate(entries):
        receipt = reference.receipt_of(plan, files, entry.wester_id)
        drawn = DrawnPlace(*(receipt[key] for key in ("ticket", "lot", "rank", "awards")))
        for place, stage in ((drawn, files), (None, reference.frozen_files(plan))):
            made = receipt_json(
                manifest_sha256=sha256(files["manifest.json"]).hexdigest(),
                wester_id=entry.wester_id,
                record=entry.record,
                rewards=entry.rewards,
                nonces=entry.nonces,
                index=index,
                path=protocol.path_of(leaves, index),
                drawn=place,
            )
            assert made == reference.canonical(reference.receipt_of(plan, stage, entry.wester_id))


def test_winners_csv_has_one_line_for_each_award() -> None:
    pid, opening, other = b"\x01" * 16, b"\x02" * 32, b"\x03" * 32
    one = WinnerLine(1, 7, pid, 10, 10, 3, opening, [], 10)
    last = WinnerLine(2, 8, pid, 10, 0, 3, opening, [other, other], 10)

    assert winners_csv([]) == b"prize,rank,pid,reward,award,lot,m,others,cumulative\n"
    assert winners_csv([one, last]) == (
        b"prize,rank,pid,reward,award,lot,m,others,cumulative\n"
        b"1,7," + b"01" * 16 + b",10,10,3," + b"02" * 32 + b",,10\n"
        b"2,8,"
        + b"01" * 16
        + b",10,0,3,"
        + b"02" * 32
        + b","
        + b"03" * 32
        + b"."
        + b"03" * 32
        + b",10\n"
    )
