"""The local chain: the public one's scheme and checks, a key of its own, never in production."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_django import Settings

from lottery.beacon import QUICKNET, BadRound, check_chain, verify_round
from lottery.local_chain import (
    KEY_FILE,
    ORDER,
    LocalKeyUnreadable,
    SteerableChain,
    local_chain,
    refuse_steerable_chain,
    sign_round,
)


def test_local_chain_is_of_the_public_scheme(tmp_path: Path) -> None:
    chain = local_chain(tmp_path)

    check_chain(chain)
    assert (chain.beacon_id, chain.period, chain.scheme) == ("pointdraw-local", 3, QUICKNET.scheme)
    assert chain.time_of(1) == 1577836800
    assert chain.chain_hash != QUICKNET.chain_hash


def test_local_chain_keeps_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    chain = local_chain(folder)

    assert local_chain(folder) == chain
    assert local_chain(tmp_path / "another") != chain
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_local_chain_has_one_key_for_concurrent_callers(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        found = set(threads.map(local_chain, [tmp_path] * 64))

    assert len(found) == 1


@pytest.mark.parametrize("number", [1, 2, 72_000_000])
def test_sign_round_signs_what_verifies(tmp_path: Path, number: int) -> None:
    verify_round(local_chain(tmp_path), sign_round(tmp_path, number))

    assert sign_round(tmp_path, number) == sign_round(tmp_path, number)


def test_sign_round_signs_only_for_its_own_chain(tmp_path: Path) -> None:
    other = local_chain(tmp_path / "other")

    with pytest.raises(BadRound) as refused:
        verify_round(other, sign_round(tmp_path, 5))

    assert refused.value.code == "signature"


def test_sign_round_knows_no_round_before_the_first(tmp_path: Path) -> None:
    with pytest.raises(BadRound):
        sign_round(tmp_path, 0)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("zz", id="not hex"),
        pytest.param("é", id="not ASCII"),
        pytest.param("00" * 32, id="zero"),
        pytest.param(f"{ORDER:064x}", id="the order of the group"),
    ],
)
def test_local_chain_refuses_a_spoiled_key(tmp_path: Path, text: str) -> None:
    (tmp_path / KEY_FILE).write_text(text, encoding="utf-8")

    with pytest.raises(LocalKeyUnreadable):
        local_chain(tmp_path)

    assert (tmp_path / KEY_FILE).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("key", [1, ORDER - 1])
def test_local_chain_takes_the_first_and_the_last_key(tmp_path: Path, key: int) -> None:
    (tmp_path / KEY_FILE).write_text(f"{key:064x}")

    verify_round(local_chain(tmp_path), sign_round(tmp_path, 7))


def test_local_chain_refuses_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LocalKeyUnreadable):
        local_chain(tmp_path / "file")


def test_production_refuses_the_local_chain(tmp_path: Path, settings: Settings) -> None:
    chain = local_chain(tmp_path)
    settings.PRODUCTION = True

    with pytest.raises(SteerableChain):
        local_chain(tmp_path / "new")
    with pytest.raises(SteerableChain):
        local_chain(tmp_path)
    with pytest.raises(SteerableChain):
        sign_round(tmp_path, 1)
    with pytest.raises(SteerableChain):
        refuse_steerable_chain(chain)
    assert not (tmp_path / "new").exists()


def test_production_takes_the_public_chain(settings: Settings) -> None:
    settings.PRODUCTION = True

    refuse_steerable_chain(QUICKNET)
