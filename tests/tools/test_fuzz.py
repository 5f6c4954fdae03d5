"""Every parser of a stranger's bytes holds the law on the kept inputs, and the judge of the campaign sees breaches."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from kernel.errors import BadInput
from tools.campaign.fuzz.campaign import Campaign, by_outcomes
from tools.campaign.fuzz.corpus import EVERY, KEPT, kept
from tools.campaign.fuzz.judge import judge
from tools.campaign.fuzz.mutations import LARGEST, mutated

CORPUS_LIMIT = 200_000  # bytes of all kept inputs


@pytest.mark.parametrize("name", EVERY)
def test_every_parser_refuses_kept_inputs_by_the_tree_of_errors(name: str) -> None:
    assert [judge(name, EVERY[name], data).wrong for data in kept(name)] == [""] * len(kept(name))


def test_the_kept_inputs_are_few_and_each_belongs_to_a_parser() -> None:
    assert {folder.name for folder in KEPT.iterdir()} == set(EVERY)
    assert sum(path.stat().st_size for path in KEPT.glob("*/*")) < CORPUS_LIMIT


@pytest.mark.parametrize("name", ["bid_file", "archive", "receipt", "key_file", "rulebook"])
def test_mutations_reach_more_than_one_refusal(name: str) -> None:
    campaign = Campaign(EVERY)
    chance, pool = Random(7), kept(name)
    for _ in range(60):
        data = mutated(chance, chance.choice(pool), pool)
        assert len(data) <= LARGEST
        campaign.feed(name, data)
    assert len(campaign.outcomes) > 3
    assert not campaign.findings


def burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def refuse(data: bytes) -> None:
    raise BadInput(where="file", why="no")


def test_a_refusal_of_the_house_is_no_finding() -> None:
    assert judge("x", refuse, b"") == judge("x", refuse, b"other")
    assert judge("x", refuse, b"").wrong == ""


@pytest.mark.parametrize(
    ("breach", "word"),
    [
        (lambda data: int("x"), "ValueError"),
        (lambda data: Path("there/is/no/such/file").write_bytes(data), "FileNotFoundError"),
        (lambda data: Path("/dev/null").write_bytes(data), "touched open"),
        (lambda data: subprocess.run([sys.executable, "-c", ""], check=True), "subprocess.Popen"),
        (lambda data: burn(1.1), "it took"),
    ],
)
def test_the_judge_sees_a_breach(breach: Callable[[bytes], object], word: str) -> None:
    assert word in judge("x", breach, b"").wrong


def test_a_finding_is_kept_once_and_ends_the_campaign_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.campaign.fuzz.corpus.FOUND", tmp_path)
    campaign = Campaign({"x": lambda data: data.index(b"z")})
    assert by_outcomes(campaign, {"x": [b"a", b"b"]}, 0, 1) == 1
    assert [path.read_bytes() for path in (tmp_path / "x").iterdir()] == [b"a"]
