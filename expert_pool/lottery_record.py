"""A lottery of committees as a draw record has it: read strictly, checked against the table of experts."""

from collections import Counter
from collections.abc import Sequence

from expert_pool.draw import DrawClass, DrawRequest, members_of
from expert_pool.lottery import MOST_COMMITTEES, Committee, Lottery, TooMany, binding, check_lottery, kind_of
from kernel.fields import Fields

LONGEST = 4000  # digits of a weight
WHOLE = "a whole number as text is needed"


def read_lottery(fields: Fields, classes: Sequence[DrawClass]) -> Lottery:
    """The lottery of a request of version 4; whether it holds is not looked at yet."""
    if not 1 <= len(fields.list("committees")) <= MOST_COMMITTEES:
        fields.fail("committees", f"from 1 to {MOST_COMMITTEES} committees are allowed")
    committees = []
    for one in fields.objects("committees"):
        seats = tuple(_kinds(one, kinds, len(classes)) for kinds in one.list("seats"))
        (weight,) = _weights(one, [one.take("weight")])
        committees.append(Committee(weight or one.fail("weight", WHOLE), seats))
        one.done()
    return Lottery(
        tuple((cls.mask, cls.employer, cls.kin) for cls in classes),
        tuple(cls.experts for cls in classes),
        tuple(cls.chance for cls in classes),
        tuple(committees),
        tuple(_weights(fields, weights) for weights in fields.list("proofs")),
    )


def wrong_with_lottery(request: DrawRequest) -> str:
    """What is wrong with a request of version 4, empty if nothing is: kinds, tickets, proofs."""
    lottery, terms = request.lottery, request.terms
    assert lottery is not None
    assert terms is not None
    members = members_of(request.eligible)
    bound = binding([member.path for member in members], terms.caps)
    counted = Counter(kind_of(member, bound) for member in members)
    if request.bound != tuple(sorted(bound)) or [*zip(lottery.kinds, lottery.counts, strict=True)] != sorted(
        counted.items()
    ):
        return "the classes are not those of the table"
    if any(len(weights) != len(lottery.kinds) for weights in lottery.proofs):
        return "a proof has another number of weights than there are classes"
    try:
        return check_lottery([group.quota for group in request.groups], lottery, terms.caps)
    except TooMany:
        return "there are more committees than this version allows"


def _kinds(fields: Fields, data: object, kinds: int) -> tuple[int, ...]:
    numbers = data if isinstance(data, list) else [None]
    if not all(type(n) is int and 0 <= n < kinds for n in numbers):
        fields.fail("seats", "numbers of classes are needed")
    return tuple(numbers)


def _weights(fields: Fields, data: object) -> tuple[int, ...]:
    """Whole numbers as text: they may be larger than JSON numbers are safe."""
    texts = data if isinstance(data, list) else [None]
    if not all(
        isinstance(t, str) and len(t) <= LONGEST and t.isdecimal() and str(int(t)) == t for t in texts
    ):
        fields.fail("weight", WHOLE)
    return tuple(int(str(text)) for text in texts)
