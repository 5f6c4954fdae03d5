"""A small seeded sample of the campaign of planted rings, with real documents in some tenders."""

from tools.campaign.rings import PRECISION, RECALL, SEED, measure


def test_planted_rings_are_found_and_nobody_else() -> None:
    score = measure(SEED, tenders=10, documents=1)
    assert score.rings >= 8
    assert score.recall >= RECALL
    assert score.precision >= PRECISION


def test_the_same_seed_gives_the_same_tenders() -> None:
    assert measure(1, 2, 0) == measure(1, 2, 0)
