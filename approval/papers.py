"""Which papers a case lacks, what may follow later, and what a one-time notice has to hold.

A paper of trust class A or one that another case of the applicant produced is not asked for again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from approval.item import ItemVersion, MaterialSpec, Trust
from kernel.errors import BadInput, IncompletePapers, Refused

HERE = frozenset({"provided", "shown", "shared"})
"""Statuses of a paper that count as being there."""


@dataclass(frozen=True)
class Gaps:
    """What is missing: main papers, and secondary ones that a commitment could cover."""

    main: tuple[str, ...]
    secondary: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every missing code."""
        return self.main + self.secondary


def gaps(version: ItemVersion, statuses: Mapping[str, str], committed: Collection[str] = ()) -> Gaps:
    """The papers that are neither here nor promised; what the government holds itself is never missing."""
    missing = [
        spec
        for spec in version.materials
        if spec.trust is not Trust.A and statuses.get(spec.code) not in HERE and spec.code not in committed
    ]
    return Gaps(
        tuple(spec.code for spec in missing if spec.is_main),
        tuple(spec.code for spec in missing if not spec.is_main),
    )


def check_complete(found: Gaps) -> None:
    """Raise IncompletePapers with the complete list."""
    if found.all:
        raise IncompletePapers(missing=", ".join(found.all))


def check_commitment(version: ItemVersion, codes: Collection[str], has_bad_credit: bool) -> None:
    """Raise unless these papers may follow later."""
    if not version.allows_commitment:
        raise Refused(rule="commitment", why="this item takes no commitment for missing papers")
    if has_bad_credit:
        raise Refused(rule="commitment", why="an earlier commitment was not kept; repair that first")
    for code in codes:
        spec = listed(version, code)
        if spec.is_main:
            raise Refused(rule="commitment", why=f"{code} is a main paper; only secondary papers may follow")


def check_pledge(version: ItemVersion, has_bad_credit: bool) -> None:
    """Raise unless the applicant's pledge may stand in for the proof (告知承诺制)."""
    if version.is_sensitive or not version.allows_pledge:
        raise Refused(rule="pledge", why="this item may not be granted on a pledge")
    if has_bad_credit:
        raise Refused(rule="pledge", why="an earlier commitment was not kept; repair that first")


def listed(version: ItemVersion, code: str) -> MaterialSpec:
    """The paper with this code; raises Refused when the item does not ask for it."""
    spec = version.material(code)
    if spec is None:
        raise Refused(rule="listed papers only", why=f"the item does not ask for {code}")
    return spec


@dataclass(frozen=True)
class OneTimeNotice:
    """一次性告知: all codes asked for, and those among them that an earlier notice should have named."""

    codes: tuple[str, ...]
    old: tuple[str, ...]


def one_time_notice(
    version: ItemVersion, asked: Iterable[str], missing: Gaps, told: Collection[str], reason: str
) -> OneTimeNotice:
    """The notice, which has to name every gap at once.

    `told` are the codes of earlier notices. The item's list has not changed since, so a later notice that names
    another code is a second notice for an old gap: it needs a reason in writing, and raises a card.
    """
    codes = tuple(dict.fromkeys(asked))
    if not codes:
        raise BadInput(where="codes", why="name at least one paper")
    for code in codes:
        listed(version, code)
    left_out = [code for code in missing.main if code not in codes]
    if left_out:
        raise IncompletePapers(missing=", ".join(left_out))
    old = tuple(code for code in codes if told and code not in told)
    if old and not reason.strip():
        why = f"{', '.join(old)} could have been named in the first notice; give a reason"
        raise Refused(rule="one notice", why=why)
    return OneTimeNotice(codes, old)
