"""What is wrong with the answers of a bid before it is sealed, and a sample of good ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.answers import CHOICE, FLAG, AnswerField, read_answer

SAMPLE_NUMBER = "0"


@dataclass(frozen=True)
class AnswerRemark:
    """One answer that will not count: why, and whether the bid will be rejected for it."""

    id: str
    why: str
    rejects: bool


def answer_remarks(
    fields: Mapping[str, AnswerField], given: Mapping[str, object]
) -> tuple[AnswerRemark, ...]:
    """Every answer that is missing, of the wrong kind, or not asked for, in the order of the rulebook."""
    found = [remark for field in fields.values() if (remark := _remark(field, given))]
    unknown = [id for id in given if id not in fields]
    return (
        *found,
        *(AnswerRemark(id, "the rulebook asks for no such answer", rejects=False) for id in unknown),
    )


def sample_answers(fields: Mapping[str, AnswerField]) -> dict[str, object]:
    """An answer of the right kind for every field."""
    return {field.id: _sample(field) for field in fields.values()}


def _remark(field: AnswerField, given: Mapping[str, object]) -> AnswerRemark | None:
    if field.id not in given:
        lost = "without it the bid is rejected" if field.required else "without it there are no points for it"
        return AnswerRemark(field.id, f"it is missing; {lost}", field.required)
    try:
        read_answer(field, given[field.id])
    except ValueError as why:
        return AnswerRemark(field.id, str(why), field.required)
    return None


def _sample(field: AnswerField) -> object:
    if field.kind == FLAG:
        return True
    return field.choices[0] if field.kind == CHOICE else SAMPLE_NUMBER
