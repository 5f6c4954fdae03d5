"""The worked example, caps at their limits, and every small case against all awards there are."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.lots.assignment import cheapest, hungarian
from evaluation.lots.award import Lot, Offer, each_alone, optimal, sequential
from evaluation.lots.bundles import Bundle, bundled

Table = list[list[int | None]]


def lots_of(table: Table) -> list[Lot]:
    """Lots 1, 2, ... with bidders A, B, ... ranked by cost."""
    made = []
    for number, row in enumerate(table, start=1):
        offers = [Offer(chr(65 + b), cost) for b, cost in enumerate(row) if cost is not None]
        made.append(Lot(str(number), tuple(sorted(offers, key=lambda offer: (offer.cost, offer.bidder)))))
    return made


EXAMPLE = lots_of([[100, 101, 150], [100, 130, 150]])


def test_the_example_costs_230_in_order_and_201_at_best() -> None:
    in_order, best = sequential(EXAMPLE, 1), optimal(EXAMPLE, 1)
    assert (in_order.total, dict(in_order.winners)) == (230, {"1": "A", "2": "B"})
    assert (best.total, dict(best.winners)) == (201, {"1": "B", "2": "A"})


def test_each_lot_says_who_stood_before_and_why_not() -> None:
    [first, second] = sequential(EXAMPLE, 1).awards
    assert first.passed == ()
    assert (second.place, [(one.bidder, one.place, one.holds) for one in second.passed]) == (
        2,
        [("A", 1, ("1",))],
    )
    [first, second] = optimal(EXAMPLE, 1).awards
    assert [(one.bidder, one.holds, one.raises_by) for one in first.passed] == [("A", ("2",), 29)]


@pytest.mark.parametrize(("cap", "total"), [(1, 230), (2, 200), (3, 200)])
def test_a_cap_that_nobody_reaches_changes_nothing(cap: int, total: int) -> None:
    assert sequential(EXAMPLE, cap).total == total
    assert each_alone(EXAMPLE).total == 200
    assert optimal(EXAMPLE, cap).total == (201 if cap == 1 else 200)


def test_a_lot_that_nobody_may_have_stays_without_an_award() -> None:
    one_bidder = lots_of([[5], [3]])
    assert dict(sequential(one_bidder, 1).winners) == {"1": "A", "2": None}
    assert dict(optimal(one_bidder, 1).winners) == {"1": None, "2": "A"}  # the cheaper of the two
    assert dict(optimal(lots_of([[], []]), 1).winners) == {"1": None, "2": None}
    assert dict(each_alone(lots_of([[], [1]])).winners) == {"1": None, "2": "A"}
    [passed, _] = optimal(one_bidder, 1).awards
    assert [(one.bidder, one.raises_by) for one in passed.passed] == [("A", 2)]
    assert cheapest([[1], [1]], [0]) == (None, None)


def test_equal_sums_go_to_the_better_places() -> None:
    # both awards of lot 1 cost the same in sum; A is first in both lots
    table: Table = [[10, 10], [10, 10]]
    assert optimal(lots_of(table), 2).total == 20
    assert cheapest([[4, 6], [6, 8]], [2, 2]) == (0, 0)


def by_trying(table: Table, cap: int) -> tuple[int, int]:
    """(lots given, lowest cost) over all awards."""
    choices = [[None, *(b for b, cost in enumerate(row) if cost is not None)] for row in table]
    found = []
    for award in itertools.product(*choices):
        given_out = [bidder for bidder in award if bidder is not None]
        if all(given_out.count(bidder) <= cap for bidder in given_out):
            cost = sum(row[b] or 0 for row, b in zip(table, award, strict=True) if b is not None)
            found.append((-len(given_out), cost))
    most, cost = min(found)
    return -most, cost


COSTS = st.none() | st.integers(1, 20) | st.sampled_from([10**15 + 1, 10**15 + 2])
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(COSTS, min_size=width, max_size=width), min_size=1, max_size=4)
)


@given(TABLES, st.integers(1, 3))
def test_the_optimum_is_the_best_of_all_awards(table: Table, cap: int) -> None:
    best = optimal(lots_of(table), cap)
    given_out = [award for award in best.awards if award.bidder]
    assert (len(given_out), best.total) == by_trying(table, cap)
    assert all(list(best.winners.values()).count(award.bidder) <= cap for award in given_out)


@given(TABLES, st.integers(1, 3))
def test_in_order_nobody_has_more_than_the_cap_and_no_lot_is_left_that_somebody_could_have(
    table: Table, cap: int
) -> None:
    lots, proposal = lots_of(table), sequential(lots_of(table), cap)
    winners = list(proposal.winners.values())
    assert all(winners.count(winner) <= cap for winner in winners if winner)
    for number, award in enumerate(proposal.awards):
        before = winners[:number]
        free = [offer.bidder for offer in lots[number].offers if before.count(offer.bidder) < cap]
        assert award.bidder == (free[0] if free else None)


@given(TABLES.filter(lambda table: all(cost is None or cost < 10**6 for row in table for cost in row)))
def test_the_program_without_bundles_finds_the_same_optimum(table: Table) -> None:
    assert bundled(lots_of(table), 1).total == optimal(lots_of(table), 1).total


def test_whole_numbers_of_any_size_are_assigned_exactly() -> None:
    huge = 10**30
    assert hungarian([[huge, huge + 1], [huge, huge + 3]]) == [1, 0]
    assert cheapest([[huge, huge + 1], [huge, huge + 3]], [1, 1]) == (1, 0)


def test_the_order_of_offers_in_a_lot_changes_no_optimum() -> None:
    turned = [Lot(lot.id, tuple(reversed(lot.offers))) for lot in EXAMPLE]
    assert dict(optimal(turned, 1).winners) == dict(optimal(EXAMPLE, 1).winners)


def test_a_bundle_wins_where_its_discount_is_large_enough() -> None:
    lots = lots_of([[100, 101], [100, 130]])
    for amount, total in ((30, 200), (31, 200), (32, 199)):
        assert bundled(lots, 2, [Bundle("B", frozenset({"1", "2"}), amount)]).total == total
    earned = bundled(lots, 2, [Bundle("B", frozenset({"1", "2"}), 40)])
    assert [(one.bidder, one.lots, one.amount) for one in earned.discounts] == [("B", ("1", "2"), 40)]
    assert bundled(lots, 1, [Bundle("B", frozenset({"1", "2"}), 99)]).total == 201


def test_of_bundles_that_share_a_lot_one_counts() -> None:
    lots = lots_of([[10], [10], [10]])
    bundles = [Bundle("A", frozenset({"1", "2"}), 4), Bundle("A", frozenset({"2", "3"}), 5)]
    assert bundled(lots, 3, bundles).total == 25
    unknown = [Bundle("Z", frozenset({"1", "2"}), 4), Bundle("A", frozenset({"1", "9"}), 4)]
    assert bundled(lots, 3, unknown).total == 30


def test_a_bidder_who_wants_two_lots_or_none_gets_two_or_none() -> None:
    lots = lots_of([[100, 110], [140, 120]])
    assert bundled(lots, 2, fewest={"A": 2}).winners == {"1": "B", "2": "B"}
    assert bundled(lots, 2, fewest={"A": 1}).total == 220
    assert bundled(lots_of([[1, 50], [1, 1]]), 2, fewest={"A": 2}).winners == {"1": "A", "2": "A"}


def test_no_offers_at_all_is_no_award() -> None:
    assert bundled(lots_of([[], []]), 1).winners == {"1": None, "2": None}
    assert optimal([], 1).awards == ()
