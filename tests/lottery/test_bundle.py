"""What is published when, and that an outsider's verifier accepts it with every receipt."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.approvals import NotPermitted
from core.audit import Actor
from core.models import AuditRecord
from lottery import bundle, protocol, receipts, results, verifying
from lottery.freezing import VERIFIER
from lottery.models import Draw, Entrant
from lottery.refusals import NoReceipt, UnfitFolder
from lottery.selection import order_entrants
from tests.approving import person
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import (
    PUBLISHES,
    confirm,
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    reread,
    run,
    void,
)
from tests.lottery.verifying import verifier

pytestmark = pytest.mark.django_db
BEFORE, ALL = set(bundle.FROZEN_FILES), set(bundle.ALL_FILES)
AFTER = 3600


def late_void(draw: Draw) -> Draw:
    """Void a draw that was run."""
    assert draw.drawn_at
    return void(draw, at=draw.drawn_at)


@pytest.mark.parametrize(
    ("make", "there", "public"),
    [
        pytest.param(frozen_draw, BEFORE, set(), id="frozen"),
        pytest.param(published_draw, BEFORE, BEFORE, id="published"),
        pytest.param(drawn_draw, ALL, BEFORE, id="drawn"),
        pytest.param(confirmed_draw, ALL, ALL, id="confirmed"),
        pytest.param(lambda: void(frozen_draw()), BEFORE, set(), id="void, never published"),
        pytest.param(lambda: void(published_draw()), BEFORE, BEFORE, id="void before its round"),
        pytest.param(lambda: late_void(drawn_draw()), ALL, ALL, id="void after it was run"),
        pytest.param(
            lambda: late_void(run(frozen_draw(), to_void=True)),
            ALL,
            ALL,
            id="never published, run to be void",
        ),
    ],
)
def test_files_of_a_draw(make: Callable[[], Draw], there: set[str], public: set[str]) -> None:
    draw = make()

    assert set(bundle.bundle_files(draw)) == there
    assert set(bundle.public_files(draw)) == public


def verify(folder: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """Run the public verifier as an outsider does."""
    return subprocess.run(
        [sys.executable, str(VERIFIER), str(folder), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({}, id="everybody wins"),
        pytest.param({"budget_points": 60_001, "edge": "partial"}, id="partial"),
        pytest.param({"budget_points": 60_001}, id="stop"),
        pytest.param({"budget_points": 1}, id="nobody wins"),
    ],
)
def test_verifier_accepts_the_bundle_and_every_receipt(
    tmp_path: Path, terms: dict[str, Any]
) -> None:
    draw = confirmed_draw({f"W{number}": 5_000 + 3_001 * number for number in range(9)}, **terms)
    folder = tmp_path / "bundle"
    bundle.write_bundle(draw, folder)
    announced = ("--manifest-sha256", bytes(draw.manifest_sha256).hex())

    for member in ("W0", "W4", "W8"):
        receipt = tmp_path / "receipt.json"
        receipt.write_bytes(receipts.receipt_json(draw, member) or b"")
        done = verify(folder, *announced, "--receipt", receipt)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("totals", [{}, {"W1": 5_000}], ids=["nobody", "a single entrant"])
def test_verifier_accepts_small_draws_before_and_after(
    tmp_path: Path, totals: dict[str, int]
) -> None:
    draw = published_draw(totals)
    bundle.write_bundle(draw, tmp_path / "before")
    assert verify(tmp_path / "before", "--before-draw").returncode == 0

    bundle.write_bundle(confirm(run(draw)), tmp_path / "after")
    done = verify(tmp_path / "after")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_verify_bundle_prints_every_step_and_the_verdict(tmp_path: Path) -> None:
    draw = confirmed_draw()
    bundle.write_bundle(draw, tmp_path)
    told: list[str] = []

    assert verifying.verify_bundle(tmp_path, print_line=told.append)
    assert bytes(draw.manifest_sha256).hex() in "\n".join(told)
    (tmp_path / "winners.csv").write_bytes(b"rank\n")
    assert not verifying.verify_bundle(tmp_path, print_line=told.append)


def test_export_repeated_is_the_same_bytes(tmp_path: Path) -> None:
    draw = published_draw()
    (tmp_path / ".manifest.json.part").write_text("of an export that was killed")
    names = bundle.write_bundle(draw, tmp_path)
    first = {name: (tmp_path / name).read_bytes() for name in names}
    bundle.write_bundle(draw, tmp_path)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    bundle.write_bundle(run(draw), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == ALL


def test_export_refuses_a_folder_with_other_files(tmp_path: Path) -> None:
    draw = published_draw()
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(UnfitFolder, match=r"no file of this bundle: notes\.txt"):
        bundle.write_bundle(draw, tmp_path)
    file = tmp_path / "notes.txt"
    with pytest.raises(UnfitFolder):
        bundle.write_bundle(draw, file)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def receipt_of(draw: Draw, member: str) -> dict[str, Any]:
    content = receipts.receipt_json(draw, member)
    assert content
    receipt: dict[str, Any] = json.loads(content)
    assert content == json.dumps(receipt, sort_keys=True, separators=(",", ":")).encode()
    return receipt


def record_of(entrant: Entrant) -> bytes:
    """Return the record of an entrant in entries.bin."""
    numbers = entrant.lots.to_bytes(2, "big") + entrant.mask.to_bytes(2, "big")
    return bytes(entrant.pid) + numbers + bytes(entrant.commitment)


# The ends of blocks: the last entrant of one, the first of the next.
EDGES = (0, protocol.BLOCK - 1, protocol.BLOCK, 2 * protocol.BLOCK - 1, 2 * protocol.BLOCK)


@pytest.mark.parametrize("entrants", [1, 2, 3, 1_023, 1_024, 1_025, 1_300, 2_048, 2_049])
def test_path_of_a_receipt_leads_to_the_root(entrants: int) -> None:
    draw = published_draw({f"W{number}": 5_000 + number for number in range(entrants)})
    root = json.loads(bytes(draw.manifest))["merkle_root"]
    edges = {place for place in EDGES if place < entrants}

    for place in {*edges, entrants // 2, entrants - 1}:
        entrant = draw.entrants.get(position=place)
        receipt = receipt_of(draw, entrant.wester_id)
        assert receipt["index"] == place
        node = protocol.leaf_of(record_of(entrant))
        index, last = place, entrants - 1
        for sibling in map(bytes.fromhex, receipt["path"]):
            # RFC 9162, section 2.1.3.2
            while not index & 1 and index == last:
                index, last = index >> 1, last >> 1
            pair = (sibling, node) if index & 1 else (node, sibling)
            node = protocol.sha256(b"\x01" + pair[0] + pair[1])
            index, last = index >> 1, last >> 1
        assert node.hex() == root


@pytest.mark.parametrize("entrants", [1, 6, 7, 8, 13, 14, 15])
def test_entries_are_complete_whatever_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch, entrants: int
) -> None:
    monkeypatch.setattr(bundle, "RECORDS_PER_READ", 7)
    draw = published_draw({f"W{number}": 5_000 for number in range(entrants)})

    blocks = list(bundle.stream_entries(draw))

    sizes = [len(block) // protocol.RECORD_BYTES for block in blocks]
    assert sizes == [7] * (entrants // 7) + ([entrants % 7] if entrants % 7 else [])
    assert b"".join(blocks) == b"".join(map(record_of, draw.entrants.order_by("position")))
    assert json.loads(bytes(draw.manifest))["entries_sha256"] == (
        hashlib.sha256(b"".join(blocks)).hexdigest()
    )


def test_records_that_are_missing_are_never_published() -> None:
    draw = published_draw()
    draw.entry_count += 1

    with pytest.raises(AssertionError, match="not complete"):
        list(bundle.stream_entries(draw))


def test_receipt_opens_the_commitment_and_has_nothing_of_the_result() -> None:
    draw = published_draw()
    before = receipt_of(draw, "W2")
    entrant = draw.entrants.get(wester_id="W2")

    assert set(before) == {
        "schema", "manifest_sha256", "wester_id", "pid", "lots", "mask", "rewards", "nonces",
        "index", "path", "ticket", "lot", "rank", "awards",
    }  # fmt: skip
    assert before["schema"] == "pointdraw/2/receipt"
    assert (before["wester_id"], before["rewards"]) == ("W2", [12_340])
    assert (before["lots"], before["mask"]) == (1, 1)
    openings = [protocol.opening_of(bytes.fromhex(nonce), b"W2") for nonce in before["nonces"]]
    pid = bytes.fromhex(before["pid"])
    part = protocol.reward_commitment(pid, 1, 12_340, openings[0])
    assert protocol.commitment_of(pid, 1, 1, [part]) == bytes(entrant.commitment)
    assert {before[name] for name in ("ticket", "lot", "rank", "awards")} == {None}
    assert receipt_of(run(draw), "W2") == before  # not before the confirmation


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param({"budget_points": 20_000}, id="one prize"),
        pytest.param({"lots_yen": 3_000, "lots_most": 9, "budget_points": 20_000}, id="lots"),
        pytest.param(
            {
                "prizes": [
                    {"take": "winners", "take_count": 2, "kind": "fixed", "points": 5},
                    {"take": "one_in", "take_count": 5, "kind": "fixed", "points": 2},
                    {"kind": "pool", "points": 100, "beside": True},
                ]
            },
            id="three prizes",
        ),
    ],
)
def test_receipt_has_rank_and_awards_once_the_result_is_public(plan: dict[str, Any]) -> None:
    """Of everybody, also of who won nothing."""
    draw = confirmed_draw({f"W{number}": 9_000 for number in range(5)}, **plan)
    seed = bytes.fromhex(json.loads(bytes(draw.result or b""))["seed"])
    entrants = {bytes(one.pid): one for one in draw.entrants.all()}
    order = order_entrants(seed, [(pid, one.lots) for pid, one in entrants.items()])

    for rank, place in enumerate(order, 1):
        entrant = entrants[place.pid]
        receipt = receipt_of(draw, entrant.wester_id)
        won = dict(draw.awards.filter(entrant=entrant).values_list("prize", "points"))
        assert (receipt["ticket"], receipt["lot"], receipt["rank"]) == (
            place.ticket.hex(),
            place.lot,
            rank,
        )
        assert receipt["awards"] == [
            won.get(number, 0) for number in range(1, len(draw.eligible) + 1)
        ]


def test_nobody_else_has_a_receipt() -> None:
    assert receipts.receipt_json(frozen_draw(), "W1") is None
    assert receipts.receipt_json(published_draw({"W9": 5_000}), "W1") is None


def test_staff_need_a_permission_for_a_receipt_and_leave_a_trace() -> None:
    draw = published_draw()
    auditor = person("auditor")

    content = receipts.issue_receipt(draw=draw, wester_id="W1", actor=auditor, at=PUBLISHES)

    assert content == receipts.receipt_json(draw, "W1")
    line = AuditRecord.objects.get(action="draw.receipt")
    entrant = draw.entrants.get(wester_id="W1")
    assert (line.user, line.subject) == (auditor.user, f"{draw.campaign.code}/1")
    assert line.detail == {"entrant": entrant.pk}
    with pytest.raises(NotPermitted):
        receipts.issue_receipt(draw=draw, wester_id="W1", actor=person("approver"), at=PUBLISHES)
    with pytest.raises(NoReceipt):
        receipts.issue_receipt(draw=draw, wester_id="nobody", actor=auditor, at=PUBLISHES)
    assert AuditRecord.objects.filter(action="draw.receipt").count() == 1


@pytest.mark.parametrize("role", ["support", "auditor"])
def test_a_receipt_of_staff_tells_no_result_before_it_is_public(role: str) -> None:
    draw = run(published_draw())

    content = receipts.issue_receipt(draw=draw, wester_id="W2", actor=person(role), at=PUBLISHES)

    assert content == receipts.receipt_json(draw, "W2")
    assert receipts.read_receipt(content)["awards"] is None


def test_who_reads_the_result_issues_a_receipt_with_its_place_once_the_draw_was_run() -> None:
    """The bundle that they export by then is verified with it; the member's own waits."""
    draw = run(published_draw())
    own = receipt_of(draw, "W2")
    superuser = Actor(UserFactory.create(is_staff=True, is_superuser=True))

    content = receipts.issue_receipt(draw=draw, wester_id="W2", actor=superuser, at=PUBLISHES)

    issued = receipts.read_receipt(content)
    place = {"ticket", "lot", "rank", "awards"}
    assert {own[name] for name in place} == {None}
    assert all(issued[name] is not None for name in place)
    assert {name: issued[name] for name in set(issued) - place} == {
        name: own[name] for name in set(own) - place
    }


def placed(draw: Draw, member: str) -> tuple[Any, ...]:
    found = results.member_result(draw, member)
    return found.is_entrant, found.rewards, found.is_confirmed, found.rank, found.awards


def test_member_result_follows_the_frozen_list_and_the_confirmation() -> None:
    assert results.read_frozen_standing(CampaignFactory.create(), "W1") is None
    prizes = [{"minimum_total_yen": 6_000}, {"kind": "fixed", "points": 7, "beside": True}]
    draw = drawn_draw({"W1": 5_000, "W2": 30_000}, prizes=prizes)
    for member, reward in (("W1", 0), ("W2", 20_000)):
        assert placed(draw, member) == (True, [reward, 7], False, None, None)
    assert placed(draw, "W3") == (False, [0, 0], False, None, None)
    standing = results.read_frozen_standing(draw.campaign, "W2")
    assert standing
    assert (standing.total_yen, standing.facts, standing.lots) == (30_000, ["e5489"], 1)
    assert (standing.rewards, standing.awards) == ([20_000, 7], None)

    draw = confirm(draw)

    ranks = {member: placed(draw, member)[3] for member in ("W1", "W2")}
    assert sorted(ranks.values()) == [1, 2]
    assert placed(draw, "W1") == (True, [0, 7], True, ranks["W1"], [0, 7])
    assert placed(draw, "W2") == (True, [20_000, 7], True, ranks["W2"], [20_000, 7])
    assert placed(draw, "W3") == (False, [0, 0], True, None, None)
    for member, awards in (("W1", {2: 7}), ("W2", {1: 20_000, 2: 7}), ("W3", {})):
        standing = results.read_frozen_standing(draw.campaign, member)
        assert standing
        assert standing.awards == awards
    late_void(reread(draw))
    assert results.read_frozen_standing(draw.campaign, "W1") is None


def test_export_ignores_files_of_file_managers(tmp_path: Path) -> None:
    for name in (".DS_Store", "._entries.bin", "desktop.ini", "Icon\r"):
        (tmp_path / name).write_text("of a desktop")

    bundle.write_bundle(published_draw(), tmp_path)

    assert (tmp_path / ".DS_Store").read_text() == "of a desktop"
    theirs, ours = verifier().OF_DESKTOPS, bundle.DESKTOP_FILES
    assert (theirs.pattern, theirs.flags) == (ours.pattern, ours.flags)
