"""One version of an item as JSON: read strictly, written back the same.

Rules kept already when a draft is saved: every field has its type and limits, codes of one list differ, and a promise
is never longer than the law allows. What publication asks for beyond that is in `publication`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

from approval.item import (
    Basis,
    Condition,
    FeeSpec,
    ItemKind,
    ItemVersion,
    MaterialSpec,
    Mode,
    OnlineMode,
    OnTimeout,
    Step,
    StepKind,
    Texts,
    Trust,
)
from crypto.canonical import canonical
from kernel.errors import BadInput
from kernel.fields import Fields

CODE = 40  # characters of a code
LONGEST_LIMIT = 1000  # working days; the longest limit of any law stays far below
MOST_FEN = 10**13
MOST_ROWS = 500  # entries of one list
DELIVERIES = ("window", "courier", "electronic")
RISKS = ("", "low", "medium", "high")
Word = TypeVar("Word", bound=StrEnum)


def read_item(data: object) -> ItemVersion:
    """The version in a JSON object (docs/formats/item-version.md).

    Raises:
        BadInput: naming the field by its path, and the limit it breaks.
    """
    fields = Fields(data)
    version = ItemVersion(
        code=_code(fields, "code"),
        base_code=_code(fields, "base_code"),
        number=fields.whole("number", 1, 10_000),
        title=_texts(fields, "title", needed=True),
        kind=_word(fields, "kind", ItemKind),
        item_class=_optional(fields, "item_class", CODE),
        mode=_word(fields, "mode", Mode),
        online=tuple(OnlineMode(word) for word in _words(fields, "online", tuple(OnlineMode))),
        is_general=fields.truth("is_general"),
        promised_days=fields.whole("promised_days", 0, LONGEST_LIMIT),
        statutory_days=fields.whole("statutory_days", 0, LONGEST_LIMIT),
        extension_days=fields.whole("extension_days", 0, LONGEST_LIMIT),
        steps=tuple(_step(inner) for inner in fields.objects("steps")),
        materials=tuple(_material(inner) for inner in fields.objects("materials")),
        fees=tuple(_fee(inner) for inner in fields.objects("fees")),
        conditions=tuple(_condition(inner) for inner in fields.objects("conditions")),
        basis=tuple(_basis(inner) for inner in fields.objects("basis")),
        procedure=_texts(fields, "procedure"),
        result=_texts(fields, "result"),
        result_valid_days=fields.whole("result_valid_days", 0, 40_000),
        deliveries=_words(fields, "deliveries", DELIVERIES),
        complaint_channel=_optional(fields, "complaint_channel", 200),
        is_free=fields.truth("is_free"),
        on_timeout=_word(fields, "on_timeout", OnTimeout),
        deemed_law=_optional(fields, "deemed_law", 400),
        allows_commitment=fields.truth("allows_commitment"),
        allows_pledge=fields.truth("allows_pledge"),
        is_sensitive=fields.truth("is_sensitive"),
        offer_visits=fields.whole("offer_visits", 0, 100),
        pre_conditions=_free_words(fields, "pre_conditions"),
        intermediaries=_free_words(fields, "intermediaries"),
        facts=_facts(fields),
    )
    fields.done()
    _check_whole(fields, version)
    return version


def item_body(version: ItemVersion) -> dict[str, Any]:
    """The JSON object of a version: `read_item` gives the version back."""
    body: dict[str, Any] = asdict(version)
    for key in ("online", "deliveries", "pre_conditions", "intermediaries"):
        body[key] = [str(word) for word in body[key]]
    for key in ("kind", "mode", "on_timeout"):
        body[key] = str(body[key])
    for key in ("steps", "materials", "fees", "conditions", "basis"):
        body[key] = list(body[key])
    for step in body["steps"]:
        step["kind"] = str(step["kind"])
    for material in body["materials"]:
        material["trust"] = str(material["trust"])
    return body


def item_digest(version: ItemVersion) -> str:
    """SHA-256 of the canonical body, in hex."""
    return sha256(canonical(item_body(version))).hexdigest()


def read_day(text: object, where: str) -> date:
    """A calendar day, as 2026-12-01; raises BadInput naming the field."""
    try:
        if not isinstance(text, str) or len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(where=where, why="give a day, such as 2026-12-01") from None


def _check_whole(fields: Fields, version: ItemVersion) -> None:
    if version.promised_days > version.statutory_days:
        fields.fail("promised_days", "the promise may not be longer than the statutory limit")
    for key in ("steps", "materials", "fees", "conditions"):
        codes = [row.code for row in getattr(version, key)]
        if len(codes) > MOST_ROWS:
            fields.fail(key, f"at most {MOST_ROWS} entries are allowed")
        if len(set(codes)) != len(codes):
            fields.fail(key, "each entry needs a code of its own")


def _code(fields: Fields, key: str) -> str:
    """A code that can stand in an address."""
    code = fields.text(key, CODE)
    if not all(c.isalnum() or c in "-._" for c in code) or code.startswith("."):
        fields.fail(key, "use 1 to 40 letters, digits, points or dashes")
    return code


def _step(fields: Fields) -> Step:
    step = Step(
        code=fields.text("code", CODE),
        title=_texts(fields, "title", needed=True),
        kind=_word(fields, "kind", StepKind),
        post=_optional(fields, "post", CODE),
        limit_days=fields.whole("limit_days", 0, LONGEST_LIMIT),
        risk=fields.choice("risk", RISKS) if fields.has("risk") else "",
        control=_texts(fields, "control"),
    )
    fields.done()
    return step


def _material(fields: Fields) -> MaterialSpec:
    material = MaterialSpec(
        code=fields.text("code", CODE),
        title=_texts(fields, "title", needed=True),
        is_main=fields.truth("is_main"),
        trust=_word(fields, "trust", Trust),
        copies=fields.whole("copies", 0, 100) if fields.has("copies") else 1,
        produced_by=_optional(fields, "produced_by", CODE),
        template=_optional(fields, "template", 64),
    )
    fields.done()
    return material


def _fee(fields: Fields) -> FeeSpec:
    fee = FeeSpec(
        code=fields.text("code", CODE),
        title=_texts(fields, "title", needed=True),
        basis=_optional(fields, "basis", 400),
        unit=_optional(fields, "unit", 40),
        unit_fen=fields.whole("unit_fen", 0, MOST_FEN),
        most_units=fields.whole("most_units", 1, 1_000_000) if fields.has("most_units") else 1_000_000,
    )
    fields.done()
    return fee


def _condition(fields: Fields) -> Condition:
    condition = Condition(fields.text("code", CODE), _texts(fields, "text", needed=True))
    fields.done()
    return condition


def _basis(fields: Fields) -> Basis:
    basis = Basis(fields.text("law", 400), _optional(fields, "article", 200))
    fields.done()
    return basis


def _texts(fields: Fields, key: str, *, needed: bool = False) -> Texts:
    if not needed and not fields.has(key):
        return {}
    inner = fields.inner(key)
    texts = {language: inner.text(language) for language in ("zh", "en") if inner.has(language)}
    inner.done()
    if needed and "zh" not in texts:
        inner.fail("zh", "a text is needed here")
    return texts


def _word(fields: Fields, key: str, kind: type[Word]) -> Word:
    return kind(fields.choice(key, tuple(kind)))


def _words(fields: Fields, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
    words = fields.list(key)
    if len(set(map(str, words))) != len(words) or any(word not in allowed for word in words):
        fields.fail(key, f"name each at most once, from {', '.join(allowed)}")
    return tuple(map(str, words))


def _free_words(fields: Fields, key: str) -> tuple[str, ...]:
    if not fields.has(key):
        return ()
    words = fields.list(key)
    if len(words) > MOST_ROWS or not all(isinstance(w, str) and 0 < len(w.strip()) <= 200 for w in words):
        fields.fail(key, "a list of texts of 1 to 200 characters is needed here")
    return tuple(map(str, words))


def _optional(fields: Fields, key: str, longest: int) -> str:
    if not fields.has(key) or fields.data[key] == "":
        return ""
    return fields.text(key, longest)


def _facts(fields: Fields) -> dict[str, Any]:
    if not fields.has("facts"):
        return {}
    facts = fields.take("facts")
    if not isinstance(facts, dict) or len(facts) > MOST_ROWS:
        fields.fail("facts", "an object is needed here")
    canonical(facts)  # whole numbers and texts only, so that the version has one digest
    return facts
