"""Remarks on a rulebook that can be read but may not say what its author means.

A remark never refuses anything: errors, warnings and hints are shown to the tender office before it publishes.
Codes and their reasons: docs/formats/rulebook-lint.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from evaluation.lint_award import award_remarks, criteria_remarks, law_remarks
from evaluation.lint_price import price_remarks
from evaluation.lint_texts import ERROR, HINT, REMARKS, WARNING
from evaluation.lint_values import Found
from evaluation.rulebook import Bilingual, Rulebook

ORDER = (ERROR, WARNING, HINT)


@dataclass(frozen=True)
class Remark:
    """One remark: its code, how grave it is, the path of the field, and the sentence in both languages."""

    code: str
    severity: str
    where: str
    why: Bilingual


def lint(rulebook: Rulebook) -> tuple[Remark, ...]:
    """Everything worth a second look, the gravest first, otherwise in the order of the rulebook."""
    remarks = [_remark(found) for found in _found(rulebook)]
    return tuple(sorted(remarks, key=lambda remark: ORDER.index(remark.severity)))


def _found(rulebook: Rulebook) -> Iterator[Found]:
    yield from price_remarks(rulebook)
    yield from criteria_remarks(rulebook)
    yield from award_remarks(rulebook)
    yield from law_remarks(rulebook)


def _remark(found: Found) -> Remark:
    text = REMARKS[found.code]
    values = {name: _shown(value) for name, value in found.values.items()}
    return Remark(
        found.code,
        text.severity,
        found.where,
        Bilingual(text.zh.format(**values), text.en.format(**values)),
    )


def _shown(value: object) -> str:
    """A figure as people write it; what has no short decimal is cut after four places."""
    if isinstance(value, Fraction):
        return f"{float(value):.4f}".rstrip("0").rstrip(".")
    return str(value)
