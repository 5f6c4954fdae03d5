"""What the parts of the story share: who takes part, what one part leaves to the next."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crypto.opener_keys import OpenerKey
from crypto.signatures import Signer
from kernel.clock import BEIJING
from tests.pages.world import World

EXPERTS = 7
PRICES = {"bidder-1": "1000000.00", "bidder-2": "1100000.00", "bidder-3": "1250000.50"}
SEND = "main form button[type=submit]"
HAND_IN = "main form button:not([formaction]):not([type=button])"


@dataclass
class Story:
    """What one part leaves to the next."""

    world: World
    tender: str = ""
    lot: str = ""
    keys: dict[str, OpenerKey] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)
    draw: str = ""
    chair: str = ""
    secrets: dict[str, Path] = field(default_factory=dict)

    def notice(self) -> dict[str, Any]:
        found: dict[str, Any] = self.world.people["office"].call("GET", f"/api/tenders/{self.tender}/notice")
        return dict(found["notice"])


def at(story: Story, **later: float) -> str:
    return (story.world.now() + timedelta(**later)).astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S")


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.1)
