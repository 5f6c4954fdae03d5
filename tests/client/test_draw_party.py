"""The parties of a draw at the command line: keys, a chain, commitments, shares, a silent witness, the rescue."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.main import app
from expert_pool import actions
from expert_pool.panel import PanelRule
from tests.builders import PASSWORD, Platform, PublishedTender, make_platform
from tests.doors.door import serving
from tests.flows.ceremonies import PARTIES
from tests.flows.panels import ROADS, fill_pool, opened_tender
from web.app import create_app


class Desk:
    """One party's machine."""

    def __init__(self, folder: Path, party: str) -> None:
        self.folder = folder / party
        self.folder.mkdir()
        (self.folder / "passphrase").write_text(PASSWORD)

    def run(self, *words: str, fails: bool = False) -> dict[str, Any]:
        """One command of this party."""
        env = {"MT_HOME": str(self.folder), "MT_PASSPHRASE_FILE": str(self.folder / "passphrase")}
        with pytest.MonkeyPatch.context() as here:
            here.chdir(self.folder)
            done = CliRunner().invoke(app([]), [*words, "--json"], env=env)
        assert (done.exit_code != 0) is fails, done.output
        return {} if fails else dict(json.loads(done.stdout))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Platform, PublishedTender, dict[str, Desk]]]:
    platform = make_platform(tmp_path / "var")
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    fill_pool(platform, [f"Institute {n}" for n in range(7)])
    for party, duty in PARTIES.items():
        platform.person(party, duty)
    desks = {party: Desk(tmp_path, party) for party in PARTIES}
    with serving(create_app(platform.adapters)) as url:
        for party, desk in desks.items():
            desk.run("sign-in", url, party)
        yield platform, tender, desks


def test_parties_hold_a_ceremony_and_rebuild_a_silent_witness(
    world: tuple[Platform, PublishedTender, dict[str, Desk]],
) -> None:
    platform, tender, desks = world
    for desk in desks.values():
        desk.run("draw", "key")
    desks["supervisor"].run("draw", "chain", "new", "--length", "3")
    with platform.database.transaction() as session:
        actions.request_draw(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            groups=(ROADS,),
            panel=PanelRule(fewest_members=3),
            now=platform.clock.now(),
        )
    desks["office"].run("draw", "commit", tender.tender_id, fails=True)
    assert not (desks["office"].folder / "draw-secret.json").exists()
    stale = ["--chain", "draw-chain.json"]
    desks["supervisor"].run("draw", "commit", tender.tender_id, *stale, fails=True)
    desks["supervisor"].run("draw", "countersign", tender.tender_id, "--request-hash", "00", fails=True)
    desks["supervisor"].run("draw", "countersign", tender.tender_id)
    for party, desk in desks.items():
        chain = ["--chain", "draw-chain.json"] if party == "supervisor" else []
        desk.run("draw", "commit", tender.tender_id, *chain)
    for desk in desks.values():
        desk.run("draw", "escrow", tender.tender_id)
    for desk in desks.values():
        assert desk.run("draw", "receive", tender.tender_id)["shares"] == 3
    desks["office"].run("draw", "reveal", tender.tender_id)
    platform.clock.at += timedelta(hours=1)
    desks["witness"].run("draw", "reveal", tender.tender_id, fails=True)
    assert desks["office"].run("draw", "rescue", tender.tender_id, "witness")["outcome"] == "waiting"
    assert desks["supervisor"].run("draw", "rescue", tender.tender_id, "witness")["outcome"] == "rebuilt"
    assert desks["supervisor"].run("draw", "reveal", tender.tender_id)["is_drawn"] is True
