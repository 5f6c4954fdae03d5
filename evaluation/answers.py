"""The answers of a bid: what its bid.json states in form fields, and which of them a rulebook asks for.

An answer that is missing, or of the wrong kind, counts as not given: no points, no adjustment; where the rulebook
requires it, the bid is rejected for that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import read_decimal
from kernel.errors import BadRulebook

FLAG: Final = "flag"
NUMBER: Final = "number"
CHOICE: Final = "choice"
KIND_OF_VALUE: Final = {"flag": FLAG, "choice": CHOICE}
KIND_OF_ADJUSTMENT: Final = {"flag": FLAG, "units": NUMBER, "stated": NUMBER}

Answer = bool | Fraction | str


@dataclass(frozen=True)
class AnswerField:
    """One form field: true or false, a decimal number, or one of the choices."""

    id: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    with_price: bool = False
    """it only adjusts the price, so it is sealed with it where envelopes open in stages"""


def answer_fields(rulebook: Rulebook) -> dict[str, AnswerField]:
    """Every answer that the rulebook asks for, by id, in the order in which it asks.

    Raises:
        BadRulebook: one id is asked for in two kinds.
    """
    fields: dict[str, AnswerField] = {}
    for field in _asked(rulebook):
        known = fields.get(field.id, field)
        if (known.kind, known.choices) != (field.kind, field.choices):
            why = f"the answer {field.id} is asked for in two kinds or with other choices"
            raise BadRulebook(where="answers", why=why)
        fields[field.id] = AnswerField(
            field.id,
            field.kind,
            known.required or field.required,
            field.choices,
            known.with_price and field.with_price,
        )
    return fields


def read_answer(field: AnswerField, value: object) -> Answer:
    """Read one answer.

    Raises:
        ValueError: it is not of the field's kind.
    """
    if field.kind == FLAG:
        if not isinstance(value, bool):
            raise ValueError("true or false is needed here")
        return value
    if field.kind == NUMBER:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return read_decimal(str(value) if is_whole else value)
    if not isinstance(value, str) or value not in field.choices:
        raise ValueError(f"it must be one of {', '.join(field.choices)}")
    return value


def usable_answers(fields: Mapping[str, AnswerField], given: Mapping[str, object]) -> dict[str, Answer]:
    """The answers that the rulebook asks for and that can be read; the rest counts as not given."""
    usable = {}
    for id, field in fields.items():
        if id in given:
            try:
                usable[id] = read_answer(field, given[id])
            except ValueError:
                continue
    return usable


def stated_answers(fields: Mapping[str, AnswerField], stated: object) -> dict[str, object]:
    """Of what a bid states, the answers that the rulebook asks for and that can be read, as they were written."""
    given = stated if isinstance(stated, Mapping) else {}
    usable = usable_answers(fields, given)
    return {id: given[id] for id in usable}


def _asked(rulebook: Rulebook) -> Iterator[AnswerField]:
    for criterion in rulebook.system_criteria:
        rule = criterion.value
        if rule is not None:
            kind = KIND_OF_VALUE.get(rule.kind, NUMBER)
            yield AnswerField(rule.answer, kind, rule.required, tuple(name for name, _ in rule.choices))
    for one in rulebook.price.adjustments:
        if one.kind == "quality":
            for feature in one.features:
                choices = tuple(name for name, _ in feature.choices)
                yield AnswerField(feature.answer, CHOICE, False, choices, with_price=True)
        else:
            yield AnswerField(one.answer, KIND_OF_ADJUSTMENT[one.kind], one.required, with_price=True)
    for key in rulebook.tie_break:
        prefix, _, id = key.partition(":")
        if prefix == "answer":
            yield AnswerField(id, FLAG)
