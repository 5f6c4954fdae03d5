import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from crypto.canonical import b64, unb64
from expert_pool.draw import ABSENT, Reveal, commitment, request_hash, seed_of
from expert_pool.drawing import draw_panel
from expert_pool.late_value import late_value
from expert_pool.transcript import check_transcript, read_request, write_result, write_transcript
from kernel.errors import BadInput, IntegrityBroken, TenderingError
from tests.expert_pool.pools import leaf, request_of, secrets_of

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "draw").glob("*.json"))


def record(quotas: list[int] | None = None, masks: list[int] | None = None, **options: Any) -> Any:
    request = request_of(quotas or [2, 1], masks or [1, 1, 3, 3, 3, 2, 0], **options)
    hash, reveals = request_hash(request), secrets_of("record")
    committed = {reveal.party: commitment(hash, reveal.party, reveal.secret) for reveal in reveals}
    result = draw_panel(request, seed_of(hash, reveals))
    return json.loads(json.dumps(write_transcript(request, committed, reveals, result)))


def test_an_honest_record_checks_and_gives_its_panel() -> None:
    data = record()
    assert write_result(check_transcript(data)) == data["result"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_published_vector_checks(path: Path) -> None:
    vector = json.loads(path.read_text())
    record = vector["record"]
    assert write_result(check_transcript(record)) == record["result"]
    request = read_request(record["request"], record["table"])
    reveals = [
        Reveal(one["party"], unb64(one["secret"]) if one["secret"] else ABSENT) for one in record["reveals"]
    ]
    rule = request.terms.late if request.terms else None
    late = late_value(rule, record["late"]) if rule else None
    assert b64(seed_of(request_hash(request), reveals, late)) == vector["seed"]


def swap_rows(data: Any) -> None:
    data["table"][0], data["table"][1] = data["table"][1], data["table"][0]


def row_number(data: Any, mask: str) -> int:
    return next(i for i, row in enumerate(data["table"]) if row.split()[1] == mask)


def change_mask(data: Any) -> None:
    number = row_number(data, "1")
    data["table"][number] = data["table"][number].replace(" 1 ", " 3 ")


def exclude(data: Any) -> None:
    number = row_number(data, "2")
    data["table"][number] = data["table"][number].replace(" 2 -", " 0 standing")


def readmit(data: Any) -> None:
    number = row_number(data, "0")
    data["table"][number] = data["table"][number].replace(" 0 specialty", " 1 -")


def double_row(data: Any) -> None:
    data["table"].insert(0, data["table"][0])


def other_member(data: Any) -> None:
    seated = {seat["leaf"] for seat in data["result"]["seats"]}
    data["result"]["seats"][0]["leaf"] = next(leaf(i) for i in range(6) if leaf(i) not in seated)


def reorder_reserves(data: Any) -> None:
    data["result"]["reserves"]["a"].reverse()


def other_secret(data: Any) -> None:
    data["reveals"][1]["secret"] = b64(b"x" * 32)


def other_secret_with_its_commitment(data: Any) -> None:
    secret = b"x" * 32
    data["reveals"][2]["secret"] = b64(secret)
    data["commitments"][2]["commitment"] = commitment(
        bytes.fromhex(data["request_hash"]), "witness", secret
    ).hex()


def reveals_of_another_request(data: Any) -> None:
    other = record(number=2)
    data["commitments"], data["reveals"] = other["commitments"], other["reveals"]


def swap_reveals(data: Any) -> None:
    data["reveals"].reverse()


def more_quota(data: Any) -> None:
    data["request"]["groups"][0]["quota"] = 1


def uneven_chance(data: Any) -> None:
    data["request"]["classes"][0]["chance"] = "1/7"


def injected_beacon(data: Any) -> None:
    data["late_value"] = b64(b"b" * 32)


def uneven_spread(data: Any) -> None:
    split = next(cls["split"] for cls in data["request"]["classes"] if cls["mask"] == 3)
    split["a"], split["b"] = split["b"], split["a"]


TAMPERINGS = [
    swap_rows,
    change_mask,
    exclude,
    readmit,
    double_row,
    other_member,
    reorder_reserves,
    other_secret,
    other_secret_with_its_commitment,
    reveals_of_another_request,
    swap_reveals,
    more_quota,
    uneven_chance,
    uneven_spread,
    injected_beacon,
    lambda data: data["reveals"].pop(),
    lambda data: data["commitments"].pop(),
    lambda data: data["table"].pop(),
    lambda data: data["request"].update(number=9),
    lambda data: data["request"].update(draw_id="other"),
    lambda data: data["request"].update(tender_id="other"),
    lambda data: data["request"].update(table_digest="0" * 64),
    lambda data: data["request"].update(employer_cap=1),
    lambda data: data["request"]["parties"].reverse(),
    lambda data: data["request"]["groups"][1].update(reserves=1),
    lambda data: data["request"]["groups"].reverse(),
    lambda data: data.update(request_hash="0" * 64),
    lambda data: data["result"]["seats"].reverse(),
    lambda data: data["result"].update(note="x"),
    lambda data: data.update(v=2),
]


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: getattr(tamper, "__name__", ""))
def test_every_tampering_is_caught(tamper: Any) -> None:
    data = record()
    before = deepcopy(data)
    tamper(data)
    assert data != before
    with pytest.raises((IntegrityBroken, BadInput)):
        check_transcript(data)


def every_leaf(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if items is None:
        return [path]
    return [leaf for key, inner in items for leaf in every_leaf(inner, (*path, key))]


def other_value(old: Any) -> Any:
    if isinstance(old, int) or old is None:
        return (old or 0) + 1
    return old[:-1] + ("1" if old[-1] == "0" else "0")


def test_changing_any_single_value_of_a_record_is_caught() -> None:
    good = record()
    for path in every_leaf(good):
        data = deepcopy(good)
        place = data
        for key in path[:-1]:
            place = place[key]
        old = place[path[-1]]
        place[path[-1]] = (
            old + 1
            if isinstance(old, int)
            else "x"
            if old is None
            else f"{old[:-1]}{'1' if old[-1] == '0' else '0'}"
        )
        with pytest.raises(TenderingError):
            check_transcript(data)
