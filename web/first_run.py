"""The first start of an empty platform: one operator, whose password lies in a file that only its owner can read."""

import os
import secrets

import structlog

from accounts import queries
from accounts.actions import bootstrap
from storage.adapters import Adapters

SIGN_IN = "operator"
FILE = "first-operator.txt"


def make_first_operator(adapters: Adapters) -> None:
    """Make the operator if nobody exists; the file is written first, so that its password can never be lost."""
    with adapters.database.reading() as session:
        if queries.has_people(session):
            return
    path = adapters.settings.var / FILE
    password = secrets.token_urlsafe(18)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{SIGN_IN}\n{password}\n")
    with adapters.database.transaction() as session:
        made = bootstrap(session, sign_in=SIGN_IN, password=password, now=adapters.clock.now())
    if made:
        structlog.get_logger("web").info(
            "first operator made; read the password and change it", file=str(path)
        )
