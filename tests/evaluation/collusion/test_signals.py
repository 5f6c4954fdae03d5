"""What makes a signal, how much it weighs, and what is too common to weigh anything."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.collusion.facts import BidFacts, Unread, marks_of, read_facts, write_facts
from evaluation.collusion.graph import HEIGHT, WIDTH, find_groups, is_link, make_edges, make_graph
from evaluation.collusion.signals import (
    DETECTORS,
    KINDS,
    Lot,
    Rarity,
    Signal,
    Strength,
    find_signals,
    is_common,
    read_signal,
    signal_digest,
    write_signal,
)
from evaluation.collusion.traces import bid_json_marks, submission_marks, trace_file_marks
from evaluation.collusion.words import CONDITIONS, REASONS, SCREENS
from evaluation.collusion.words import KINDS as KIND_WORDS
from tests.evaluation.collusion.texts import chance_of, paragraph


def bid(number: int, *marks: tuple[str, str], **more: Any) -> BidFacts:
    return BidFacts(f"bid-{number:02}", f"bidder-{number}", marks_of(marks, "a.docx"), **more)


def lot(*bids: BidFacts, **more: Any) -> Lot:
    names = {one.bid_id: f"公司{one.bidder_id}工程" for one in bids}
    return Lot(bids, names, more.pop("prices", {}), **more)


def kinds(found: tuple[Signal, ...]) -> list[tuple[str, str]]:
    return [(one.kind, str(one.strength)) for one in found]


SHARED = set(KINDS) - {"named", "text", "unit_prices", "prices", "company", "tool", "browser"}


@pytest.mark.parametrize("kind", sorted(SHARED))
def test_a_shared_value_is_a_signal_of_its_kind(kind: str) -> None:
    value = "13800000000"
    found = find_signals(lot(bid(1, (kind, value)), bid(2, (kind, value)), bid(3)))
    assert kinds(found) == [(kind, str(KINDS[kind].strength))]
    assert found[0].bids == ("bid-01", "bid-02")
    assert found[0].facts["places"] == {"bid-01": "a.docx", "bid-02": "a.docx"}


def test_what_is_missing_is_unknown() -> None:
    assert find_signals(lot(bid(1), bid(2), bid(3, ("phone", "13800000000")))) == ()
    assert find_signals(lot()) == ()


def test_two_bids_of_one_bidder_are_no_coincidence() -> None:
    first, second = bid(1, ("phone", "13800000000")), bid(2, ("phone", "13800000000"))
    assert find_signals(lot(first, replace(second, bidder_id=first.bidder_id))) == ()


def test_values_of_one_kind_in_the_same_bids_make_one_signal() -> None:
    marks = [("rsid", f"{number:08X}") for number in range(40)]
    (found,) = find_signals(lot(bid(1, *marks), bid(2, *marks)))
    assert (found.facts["count"], len(found.facts["values"])) == (40, 5)  # type: ignore[arg-type]


def test_what_the_tenders_own_documents_hold_is_no_evidence() -> None:
    marks = [("author", "招标代理小王"), ("rsid", "00A1B2C3")]
    both = lot(bid(1, *marks), bid(2, *marks), tender_marks=frozenset({("author", "招标代理小王")}))
    assert kinds(find_signals(both)) == [("rsid", "strong")]


@pytest.mark.parametrize(
    ("holders", "of", "strength"),
    [(4, 13, "strong"), (5, 17, "strong"), (5, 16, "weak"), (6, 20, "strong"), (7, 20, "weak")],
)
def test_an_address_that_more_than_thirty_per_cent_share_is_common(
    holders: int, of: int, strength: str
) -> None:
    bids = [bid(n, *([("network", "203.0.113.9")] if n < holders else [])) for n in range(of)]
    assert kinds(find_signals(lot(*bids))) == [("network", strength)]


@pytest.mark.parametrize(
    ("elsewhere", "seen", "strength"), [(2, 10, "strong"), (3, 300, "weak"), (3, 301, "strong")]
)
def test_what_other_bidders_had_before_weighs_less(elsewhere: int, seen: int, strength: str) -> None:
    others = {("author", "范本公司"): [f"other-{n}" for n in range(elsewhere)]}
    pair = [bid(n, ("author", "范本公司")) for n in range(2)]
    (found,) = find_signals(lot(*pair, elsewhere=others, bidders_seen=seen))
    assert (str(found.strength), found.rarity.bidders_elsewhere) == (strength, elsewhere)


def test_the_ring_itself_makes_its_value_no_less_rare() -> None:
    others = {("author", "范本公司"): ["bidder-0", "bidder-1", "x", "y"]}
    (found,) = find_signals(
        lot(*(bid(n, ("author", "范本公司")) for n in range(2)), elsewhere=others, bidders_seen=9)
    )
    assert found.rarity.bidders_elsewhere == 2


def test_hard_evidence_is_never_called_common() -> None:
    found = find_signals(lot(*(bid(n, ("lock", "A-17")) for n in range(9))))
    assert kinds(found) == [("lock", "hard")]
    assert is_common(found[0].rarity)


def test_common_software_is_not_even_listed() -> None:
    assert find_signals(lot(*(bid(n, ("tool", "Microsoft Word")) for n in range(3)))) == ()
    rare = [bid(n, *([("tool", "某某标书助手 9")] if n < 2 else [])) for n in range(10)]
    assert kinds(find_signals(lot(*rare))) == [("tool", "weak")]


def test_a_bid_that_names_another_bidder_is_found() -> None:
    one = bid(1, passages=("本工程由公司bidder-2工程负责实施，特此承诺并签署。",))
    found = find_signals(lot(one, bid(2), bid(3)))
    assert kinds(found) == [("named", "strong")]
    assert found[0].bids == ("bid-01", "bid-02")
    in_metadata = bid(1, ("company", "公司bidder-2工程"))
    assert kinds(find_signals(lot(in_metadata, bid(2)))) == [("named", "strong")]
    assert find_signals(lot(one, bid(2), tender_passages=one.passages)) == ()
    assert find_signals(lot(bid(2, passages=("公司bidder-2工程",)), bid(3))) == ()


def test_a_house_that_everybody_writes_of_is_no_evidence() -> None:
    text = ("我方采用公司bidder-0工程生产的水泥。",)
    assert find_signals(lot(bid(0), *(bid(n, passages=text) for n in range(1, 6)))) == ()


@pytest.mark.parametrize(("count", "strength"), [(2, "weak"), (3, "strong"), (4, "strong")])
def test_three_copied_passages_are_strong(count: int, strength: str) -> None:
    chance = chance_of(1)
    copied = [paragraph(chance, 80, 90) for _ in range(count)]
    found = find_signals(lot(bid(1, passages=tuple(copied)), bid(2, passages=tuple(copied))))
    assert kinds(found) == [("text", strength)]
    assert found[0].facts["copies"] == count


def test_proportional_bills_and_regular_prices_are_signals_of_one_family() -> None:
    prices = {f"item-{n}": 10_000 + 977 * n for n in range(20)}
    scaled = {item: 2 * price for item, price in prices.items()}
    tripled = {item: 3 * price for item, price in prices.items()}
    bids = [bid(n, unit_prices=one) for n, one in enumerate((prices, scaled, tripled))]
    totals = {"bid-00": 98_765_431, "bid-01": 99_765_434, "bid-02": 100_765_437}
    found = find_signals(lot(*bids, prices=totals))
    assert [one.kind for one in found] == ["unit_prices"] * 3 + ["prices"]
    assert {one.family for one in found} == {"prices"}
    assert make_graph([one.bid_id for one in bids], found).groups == ()


def test_round_prices_in_a_row_are_not_shown() -> None:
    assert (
        find_signals(lot(bid(0), bid(1), bid(2), prices={"bid-00": 100, "bid-01": 200, "bid-02": 300})) == ()
    )


def signal(kind: str, *bids: str, strength: Strength | None = None) -> Signal:
    return Signal(kind, bids, strength or KINDS[kind].strength)


def test_links_need_one_hard_signal_or_two_independent_strong_ones() -> None:
    assert is_link([signal("phone", "a", "b")])
    assert not is_link([signal("network", "a", "b")])
    assert is_link([signal("network", "a", "b"), signal("text", "a", "b")])
    assert not is_link([signal("author", "a", "b"), signal("rsid", "a", "b")])  # both of the document
    assert not is_link([signal("network", "a", "b"), signal("text", "a", "b", strength=Strength.WEAK)])


def test_groups_are_the_components_of_links_and_the_picture_is_whole() -> None:
    found = [
        signal("phone", "a", "b"),
        signal("lock", "b", "c"),
        signal("network", "d", "e"),
        signal("email", "f", "g"),
    ]
    assert find_groups(make_edges(found)) == (("a", "b", "c"), ("f", "g"))
    graph = make_graph(list("gfedcbah"), found)
    assert [node.number for node in graph.nodes] == list(range(1, 9))
    assert graph.node("h").group is None
    assert graph.node("a").group == 1
    assert len({(node.x, node.y) for node in graph.nodes}) == 8
    assert all(
        isinstance(node.x, int) and 0 <= node.x <= WIDTH and 0 <= node.y <= HEIGHT for node in graph.nodes
    )
    assert make_graph([], []).nodes == ()


@given(st.permutations(range(6)))
def test_the_order_of_bids_changes_no_signal(order: list[int]) -> None:
    bids = [
        bid(n, ("network", f"10.0.0.{n % 2}"), ("phone", f"1380000000{n % 3}"), unit_prices={})
        for n in range(6)
    ]
    prices = {one.bid_id: 1_000_003 + 7919 * n for n, one in enumerate(bids)}
    straight = find_signals(lot(*bids, prices=prices))
    mixed = find_signals(lot(*(bids[place] for place in order), prices=prices))
    assert [signal_digest(one) for one in straight] == [signal_digest(one) for one in mixed]


def test_signals_and_facts_come_back_from_their_json() -> None:
    found = find_signals(lot(bid(1, ("phone", "13800000000")), bid(2, ("phone", "13800000000"))))[0]
    assert read_signal(write_signal(found)) == found
    facts = bid(
        1, ("author", "张三"), passages=("甲",), unit_prices={"1": 5}, unread=(Unread("a.pdf", "broken"),)
    )
    assert read_facts(write_facts(facts)) == facts


def test_every_detector_looks_at_every_lot_and_every_kind_has_words() -> None:
    assert {detect.__name__ for detect in DETECTORS} == {
        "shared_values",
        "named_others",
        "copied_text",
        "proportional_bills",
        "regular_prices",
    }
    assert set(KIND_WORDS) == set(KINDS)
    assert {rule.condition for rule in KINDS.values()} == set(CONDITIONS)
    assert len(SCREENS) == 7
    assert len(REASONS) == 9


def test_traces_are_read_from_answers_and_trace_one_level_down() -> None:
    body = (
        '{"trace": {"machine": "AB", "pricing_lock": "锁 17"},'
        ' "answers": {"contact": {"name": "王 经理", "phone": "(0755) 1234-5678", "deep": {"email": "no@x.cn"}},'
        ' "bond_account": "6222 0000", "email": 5, "address": "", "flag": true}}'
    )
    found = {(one.kind, one.value) for one in bid_json_marks(body.encode())}
    assert found == {
        ("machine", "ab"),
        ("lock", "锁17"),
        ("person", "王 经理"),
        ("phone", "075512345678"),
        ("account", "62220000"),
        ("email", "5"),
    }
    for broken in (b"", b"[]", b'{"trace": 5}', b"{" * 100_000):
        assert bid_json_marks(broken) == trace_file_marks(broken) == ()
    assert submission_marks("", "") == ()
    (own,) = trace_file_marks(b'{"machine": "CD"}')
    assert (own.kind, own.value, own.where) == ("machine", "cd", "trace.json")


def test_rarity_at_its_limits() -> None:
    assert not is_common(Rarity(4, 4))
    assert is_common(Rarity(5, 5))
    assert not is_common(Rarity(5, 17))
