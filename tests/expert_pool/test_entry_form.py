import json
from typing import Any

import pytest

from crypto.canonical import canonical
from expert_pool.entry_form import (
    entry_bytes,
    expert_record,
    read_expert,
    read_identity,
    write_expert,
    write_identity,
)
from expert_pool.experts import Identity
from kernel.errors import BadInput
from kernel.fields import Fields
from tests.expert_pool.entries import EXPERT, full_expert

WHO = Identity("44030019700301123X", "13800000000", "6222 0000 0000 0000", "expert@example.org")


@pytest.mark.parametrize("expert", [EXPERT, full_expert()])
def test_an_entry_is_read_as_it_was_written(expert: Any) -> None:
    assert read_expert(Fields(json.loads(expert_record(expert)))) == expert
    sealed = Fields(json.loads(entry_bytes(expert, WHO)))
    assert (read_expert(sealed), read_identity(sealed)) == (expert, WHO)


def test_a_leaf_commits_to_no_identity_number_telephone_or_account() -> None:
    record = expert_record(full_expert()).decode()
    assert not any(str(value) in record for value in write_identity(WHO).values())


BAD: list[tuple[dict[str, Any], str]] = [
    ({"number": "a b"}, "number"),
    ({"name": " "}, "entry"),
    ({"name": 3}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"employer": ""}, "entry"),
    ({"specialties": []}, "entry"),
    ({"specialties": ["道路"]}, "specialties"),
    ({"specialties": ["A"] * 31}, "specialties"),
    ({"standing": "retired"}, "standing"),
    ({"title": "professor"}, "title"),
    ({"valid_until": "2026-02-30"}, "valid_until"),
    ({"born_on": "20260101"}, "born_on"),
    ({"works_since": "2026-1-1"}, "works_since"),
    ({"employments": [{"organisation": ""}]}, r"employments\[0\].organisation"),
    (
        {"employments": [{"organisation": "A", "since": "2026-01-02", "until": "2026-01-01"}]},
        r"employments\[0\].until",
    ),
    ({"employments": [{"organisation": "A"}] * 61}, "employments"),
    ({"relatives": [{"name": "A", "relation": "friend"}]}, r"relatives\[0\].relation"),
    ({"interests": [{"organisation": "A", "kind": "fan"}]}, r"interests\[0\].kind"),
    ({"interests": [{"organisation": "A", "share": 3}]}, r"interests\[0\].share"),
    ({"credentials": [{"kind": "medal"}]}, r"credentials\[0\].kind"),
    ({"trainings": [{"on": "2026-01-01", "hours": 1001}]}, r"trainings\[0\].hours"),
]


@pytest.mark.parametrize(("change", "where"), BAD, ids=lambda v: str(v)[:40])
def test_a_wrong_entry_is_refused_by_field_and_its_value_is_not_repeated(
    change: dict[str, Any], where: str
) -> None:
    with pytest.raises(BadInput, match=f"^{where}:") as caught:
        read_expert(Fields({**write_expert(full_expert()), **change}))
    assert "李四" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id_number": "4403-1"}, "id_number"),
        ({"telephone": "call me"}, "telephone"),
        ({"bank_account": "1"}, "bank"),
    ],
)
def test_a_wrong_identity_is_refused(change: dict[str, str], where: str) -> None:
    with pytest.raises(BadInput, match=f"^{where}"):
        read_identity(Fields({**write_identity(WHO), **change}))


def test_names_employers_and_identity_never_show_in_a_repr() -> None:
    shown = repr(full_expert()) + repr(WHO)
    for secret in ("李四", "乙研究院", "王五", "Former Works", "Held Shares", "4403001970", "L-1", "1970"):
        assert secret not in shown
    assert canonical(write_identity(WHO))
