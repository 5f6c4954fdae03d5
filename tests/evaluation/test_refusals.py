"""Every field of a case: a value that is out of range, of another kind, or missing is refused at its own path."""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from evaluation.case import read_case, write_case
from kernel.errors import BadInput
from tests.evaluation.generated import made_case, with_samples

NUMBER_LIKE = [
    "NaN",
    "Infinity",
    "1e5",
    "１２",
    " 5",
    "5 ",
    "+5",
    "0x10",
    "1_000",
    "--1",
    "1.",
    ".5",
    "٣",
    "",
]
OTHER_KINDS = [1.5, [], {}, [[]], float("nan")]
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
NAMES = {
    "tender_id",
    "lot_id",
    "bid_id",
    "bidder_name",
    "member",
    "reason",
    "source",
    "zh",
    "en",
    "clause",
    "check",
}

Path = tuple[str | int, ...]


def published(seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    case: dict[str, Any] = json.loads(
        json.dumps(write_case(read_case(with_samples(chance, made_case(chance)))))
    )
    return case


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def changed(case: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    copy: Any = json.loads(json.dumps(case))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return dict(copy)


def refusal(case: dict[str, Any]) -> str:
    with pytest.raises(BadInput) as refused:
        read_case(case)
    return str(refused.value.facts["where"])


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_number_that_only_looks_like_one_is_refused_wherever_it_stands(seed: int) -> None:
    case, chance = published(seed), random.Random(seed)
    for path, value in leaves(case):
        if isinstance(value, str) and DECIMAL.fullmatch(value) and path[-1] not in NAMES:
            where = refusal(changed(case, path, chance.choice(NUMBER_LIKE)))
            assert where, path


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_value_of_another_kind_is_refused_wherever_it_stands(seed: int) -> None:
    case, chance = published(seed), random.Random(seed)
    for path, value in leaves(case):
        if path[-1] == "reason" or value is None:
            continue
        where = refusal(changed(case, path, chance.choice(OTHER_KINDS)))
        assert where, path


def objects(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        yield path
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from objects(inner, (*path, key))


@pytest.mark.parametrize("seed", [5, 6])
def test_an_unknown_key_is_refused_in_every_object(seed: int) -> None:
    case = published(seed)
    for path in objects(case):
        if path and path[-1] == "choices":
            continue  # the names of choices are free
        assert refusal(changed(case, (*path, "surprise"), "1")), path


BIG = "99999999999999999999"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("rulebook", "currency"), "YUAN", "rulebook.currency"),
        (("rulebook", "price_places"), 7, "rulebook.price_places"),
        (("rulebook", "places", "evaluated"), 1, "rulebook.places.evaluated"),
        (("rulebook", "price", "maximum"), "10000.01", "rulebook.price.maximum"),
        (("rulebook", "price", "ceiling"), BIG, "rulebook.price.ceiling"),
        (("bids", 0, "price"), BIG, "bids[0].price"),
        (("bids", 0, "price"), "0", "bids[0].price"),
        (("bids", 0, "price"), "-1", "bids[0].price"),
        (("bids", 0, "corrected_price"), "0.00", "bids[0].corrected_price"),
        (("bids", 0, "received_at"), "2026-03-01", "bids[0].received_at"),
        (("bids", 0, "answers"), {"nobody-asked": True}, "bids[0].answers.nobody-asked"),
        (("drawn", "coefficients"), {"Z": "0.5"}, "drawn.coefficients.Z"),
        (("drawn", "samples"), {"Z": []}, "drawn.samples.Z"),
        (("drawn", "ties"), [["nobody"]], "drawn.ties"),
        (("drawn", "ties"), [["b0", "b0"]], "drawn.ties"),
        (("sheets", 0, "points"), {"nothing": "1"}, "nothing"),
    ],
)
def test_a_value_beyond_its_limit_is_refused_at_its_path(path: Path, value: Any, where: str) -> None:
    assert refusal(changed(published(1), path, value)) == where
