"""The stand-alone program against records of both versions: it agrees with ours and catches every tampering."""

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from expert_pool.transcript import check_transcript
from kernel.errors import TenderingError
from tests.expert_pool.test_transcript import TAMPERINGS
from tests.expert_pool.test_transcript import record as record_of_version_1
from tools.vectors.draw import CASES, Case, vector

PROGRAM = Path(__file__).parents[2] / "client" / "verify_draw.py"
VECTORS = Path(__file__).parents[1] / "vectors" / "draw"
LONGEST = 350  # lines: somebody should read it in an hour


def load() -> Any:
    spec = importlib.util.spec_from_file_location("verify_draw", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = load()
REFUSALS = (VERIFIER.Broken, ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
"""What `main` of the program turns into DOES NOT HOLD."""


def record_of(name: str, number: int = 7) -> Any:
    if CASES[name].late:  # making it anew would check the round's signature, which takes a second
        return json.loads((VECTORS / f"{name}.json").read_text())["record"]
    return json.loads(json.dumps(vector(name, CASES[name], number)["record"]))


def refuses(data: Any) -> bool:
    try:
        VERIFIER.check(data)
    except REFUSALS:
        return True
    return False


def refused_by_us(data: Any) -> bool:
    try:
        check_transcript(data)
    except TenderingError:
        return True
    return False


def test_it_is_short_and_imports_nothing_of_ours() -> None:
    source = PROGRAM.read_text()
    assert source.count("\n") <= LONGEST
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("name", CASES)
def test_every_vector_holds_for_it(name: str) -> None:
    record = record_of(name)
    assert VERIFIER.check(record)[1] == len(record["result"]["seats"])


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: getattr(tamper, "__name__", ""))
def test_it_catches_what_we_catch_in_version_1(tamper: Callable[[Any], None]) -> None:
    data = record_of_version_1()
    tamper(data)
    assert refuses(data)


def seats_and_reserve(data: Any) -> None:
    data["result"]["seats"][0]["leaf"], data["result"]["reserves"]["a"][0] = (
        data["result"]["reserves"]["a"][0],
        data["result"]["seats"][0]["leaf"],
    )


def row_parts(data: Any, place: int) -> list[str]:
    return data["table"][place].split(" ")  # type: ignore[no-any-return]


def other_employer(data: Any) -> None:
    parts = row_parts(data, 0)
    parts[3] = "0" * 16
    data["table"][0] = " ".join(parts)


def no_kin(data: Any) -> None:
    data["table"] = [line.rpartition(" ")[0] + " -" for line in data["table"]]


def rehash(data: Any) -> None:
    """What an operator who changed the table after the commitments would do next."""
    lines = "".join(line + "\n" for line in data["table"])
    data["request"]["table_digest"] = VERIFIER.sha256(lines.encode()).hexdigest()


def exclude_somebody(data: Any) -> None:
    parts = row_parts(data, 0)
    data["table"][0] = f"{parts[0]} 0 avoidance - -"
    rehash(data)


def reserve_of_a_seated_employer(data: Any) -> None:
    tags = {line.split(" ")[0]: line.split(" ")[3] for line in data["table"]}
    seated = data["result"]["seats"][0]["leaf"]
    same = [one for one, tag in tags.items() if tag == tags[seated] and one != seated]
    assert same
    data["result"]["reserves"]["a"][0] = same[0]


def uneven(data: Any) -> None:
    """Two classes that share a group trade chances, with splits to fit."""
    classes = data["request"]["classes"]
    classes[0]["chance"], classes[1]["chance"] = classes[1]["chance"], classes[0]["chance"]
    classes[0]["split"], classes[1]["split"] = classes[1]["split"], classes[0]["split"]


TAMPERINGS_2 = [
    seats_and_reserve,
    other_employer,
    exclude_somebody,
    reserve_of_a_seated_employer,
    uneven,
    lambda data: data["result"]["reserves"]["a"].reverse(),
    lambda data: data["request"].update(caps=[2]),
    lambda data: data["request"].update(caps=[]),
    lambda data: data["request"].update(bound=[]),
    lambda data: data["request"].update(verifier="0" * 64),
    lambda data: data["request"].update(number=8),
    lambda data: data["request"].update(late={"kind": "typed", "source": "mine"}),
    lambda data: data.update(late="0412233"),
    lambda data: data["reveals"][1].update(secret=None),
    lambda data: data["reveals"].pop(),
    lambda data: data["reveals"].reverse(),
    lambda data: data["commitments"][0].update(commitment="0" * 64),
    lambda data: data["table"].reverse(),
    lambda data: data["request"].update(v=1),
    lambda data: data.update(v=1),
]


@pytest.mark.parametrize("tamper", TAMPERINGS_2, ids=lambda tamper: getattr(tamper, "__name__", ""))
def test_every_tampering_with_a_capped_draw_is_caught_by_both(tamper: Callable[[Any], None]) -> None:
    data = record_of("v2-c3")
    before = deepcopy(data)
    tamper(data)
    assert data != before
    assert refuses(data)
    assert refused_by_us(data)


def tickets(data: Any) -> Any:
    return data["request"]["committees"]


def two_relatives(data: Any) -> None:
    kin = [number for number, cls in enumerate(data["request"]["classes"]) if cls["kin"]]
    tickets(data)[0]["seats"][0][:2] = kin[:2]


def less_equal(data: Any) -> None:
    """Only the first committee is left, with chances to fit."""
    del tickets(data)[1:]
    team = [kind for seats in tickets(data)[0]["seats"] for kind in seats]
    for number, cls in enumerate(data["request"]["classes"]):
        cls["chance"] = str(Fraction(team.count(number), cls["experts"]))


TAMPERINGS_3 = [
    two_relatives,
    less_equal,
    no_kin,
    seats_and_reserve,
    lambda data: tickets(data)[0].update(weight="9"),
    lambda data: tickets(data)[0].update(weight="0"),
    lambda data: tickets(data).pop(),
    lambda data: tickets(data).reverse(),
    lambda data: data["request"]["proofs"].pop(),
    lambda data: data["request"]["proofs"][0].reverse(),
    lambda data: data["request"].update(bound=[]),
    lambda data: data["request"]["classes"][0].update(experts=1),
    lambda data: data["request"].update(v=2),
]


@pytest.mark.parametrize("tamper", TAMPERINGS_3, ids=lambda tamper: getattr(tamper, "__name__", ""))
def test_every_tampering_with_a_lottery_is_caught_by_both(tamper: Callable[[Any], None]) -> None:
    data = record_of("v4-family-and-colleagues")
    tamper(data)
    assert refuses(data)
    assert refused_by_us(data)


@pytest.mark.parametrize(
    ("name", "tamper"),
    [
        ("v2-relatives", no_kin),
        ("v2-drand-absent", lambda data: data.pop("late")),
        ("v2-drand-absent", lambda data: data.update(late="b" + data["late"][1:-1] + "0")),
        ("v2-drand-absent", lambda data: data["request"]["late"].update(round=1001)),
        ("v2-typed", lambda data: data.update(late="0412234")),
        ("v2-typed", lambda data: data["reveals"][2].update(secret=None)),
    ],
)
def test_late_values_and_relatives_are_bound(name: str, tamper: Callable[[Any], None]) -> None:
    data = record_of(name)
    tamper(data)
    assert refuses(data)
    assert refused_by_us(data)


def random_case(seed: int) -> Case:
    chance = random.Random(seed)
    quotas = [chance.randint(1, 2) for _ in range(chance.randint(1, 3))]
    caps = tuple(chance.choice([1, 2, 2, 3]) for _ in range(chance.choice([0, 1, 1, 2, 2])))
    experts = chance.randint(6, 20)
    homes = [chance.randrange(experts // 2) for _ in range(experts)]
    employers = [f"{chr(97 + home)}{home % 3}"[: len(caps)] for home in homes] if caps else ()
    masks = [chance.randrange(1 << len(quotas)) for _ in range(experts)]
    kin = "".join(chance.choice("k" + "-" * 9) for _ in range(experts))
    return Case(quotas, masks, 2, caps, employers, kin)


def test_two_programs_that_share_no_code_agree_on_random_draws() -> None:
    agreed = 0
    for seed in range(90):
        try:
            record = json.loads(json.dumps(vector(f"random {seed}", random_case(seed), seed + 1)["record"]))
        except TenderingError:
            continue
        check_transcript(record)
        assert VERIFIER.check(record)[0] == seed + 1
        agreed += 1
    assert agreed >= 40


def test_it_runs_on_bare_python_and_refuses_a_draw_number_twice(tmp_path: Path) -> None:
    names = ("v2-c3", "v2-nested")
    for number, name in enumerate(names):
        (tmp_path / f"{name}.json").write_text(json.dumps(record_of(name, 4 + number)))
    (tmp_path / "again.json").write_text(json.dumps(record_of("v2-no-cap", 4)))
    (tmp_path / "noise.json").write_text("[1.5, NaN]")

    def run(*files: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(PROGRAM), *(str(tmp_path / file) for file in files)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    held = run("v2-c3.json", "v2-nested.json")
    assert (held.returncode, held.stdout.count("holds:")) == (0, 2)
    twice = run("v2-c3.json", "again.json", "noise.json")
    assert twice.returncode == 1
    assert "the draw number 4 was used before" in twice.stdout
    assert twice.stdout.count("DOES NOT HOLD") == 2
