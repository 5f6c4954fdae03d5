"""The server dies while bids come in: every receipt holds, no bid is there twice, nothing is half-written."""

from pathlib import Path

from tools.campaign.kill_server import BIDS_A_CYCLE, check, run

KILLS = 5


def test_every_receipt_survives_five_kills_of_the_server(tmp_path: Path) -> None:
    diary = run(tmp_path, KILLS, seed=20261122)
    assert diary.broken > 0
    check(tmp_path, diary, KILLS * BIDS_A_CYCLE)
