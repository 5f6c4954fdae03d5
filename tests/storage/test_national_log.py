"""The log's tree in SM3: the same whatever of it is kept, and a head is signed once."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from crypto.merkle import inclusion_proof, range_hash, verify_inclusion
from crypto.national_head import read_national, sm3_leaf, sm3_node
from kernel.errors import BadInput
from storage import audit_log, national_log
from storage.audit_log import Fact
from storage.keys import platform_keys
from storage.outbox import JobRecord
from tests.builders import NOW, Platform, make_platform
from worker.ticker import KEEP_NODES, Ticker


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    made = make_platform(tmp_path)
    keys = platform_keys(tmp_path / "keys", made.adapters.settings.log_origin, NOW, has_national_head=True)
    return replace(made, adapters=replace(made.adapters, keys=keys))


def grow(platform: Platform, size: int) -> None:
    with platform.database.transaction() as session:
        for _ in range(size - audit_log.frontier(session).size):
            audit_log.append(session, Fact("something.happened", "it"), NOW)


@pytest.mark.parametrize("size", [255, 256, 257])
def test_what_is_kept_changes_no_root_and_no_proof(platform: Platform, size: int) -> None:
    grow(platform, size)
    with platform.database.transaction() as session:
        leaves = [sm3_leaf(leaf) for leaf in audit_log.leaves(session, 0, size)]
        plain = range_hash(0, size, national_log.node_reader(session), sm3_node)
        assert national_log.is_due(session) == (size >= 256)
        national_log.keep_nodes(session)
        national_log.keep_nodes(session)
        assert not national_log.is_due(session)
    with platform.database.reading() as session:
        node = national_log.node_reader(session)
        assert range_hash(0, size, node, sm3_node) == plain
        for index in (0, 7, size - 1):
            proof = inclusion_proof(index, size, node, sm3_node)
            verify_inclusion(leaves[index], index, size, proof, plain, sm3_node)


def test_a_head_is_signed_once_and_names_both_roots(platform: Platform) -> None:
    grow(platform, 5)
    keys = platform.adapters.keys
    note = national_log.head_note(platform.database, keys, 5)
    grow(platform, 6)
    assert national_log.head_note(platform.database, keys, 5) == note
    head = read_national(note, keys.public["national_vkey"])
    with platform.database.reading() as session:
        assert (head.size, head.sha256_root) == (5, audit_log.root_at(session, 5))


def test_the_ticker_asks_for_what_was_completed(platform: Platform) -> None:
    def asked() -> int:
        Ticker(platform.adapters).tick()
        with platform.database.reading() as session:
            return len(session.exec(select(JobRecord).where(JobRecord.name == KEEP_NODES)).all())

    grow(platform, 255)
    assert asked() == 0
    grow(platform, 256)
    assert asked() == 1


def test_a_site_without_the_package_is_told_at_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    assert platform_keys(tmp_path, "example.org/log", NOW).national == b""
    with pytest.raises(BadInput, match="gmssl-pyx"):
        platform_keys(tmp_path, "example.org/log", NOW, has_national_head=True)
