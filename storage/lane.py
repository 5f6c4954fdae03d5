"""Acts of many threads in one transaction, so that they share one commit and its sync of the disk.

An act that is alone is carried out at once; those that come while another transaction commits are carried out together
in the next one. Each is in a savepoint of its own: one that is refused leaves nothing behind and disturbs no other.
Nobody gets an answer before the commit that holds their act.

Together go only acts about the same thing. They take the same locks in the same order, so that a group waits for
nobody who waits for the group.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from sqlmodel import Session

from storage.database import Database

LONGEST = 32  # acts a transaction: it holds its locks for some tens of milliseconds
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Ticket(Generic[Answer]):
    """One waiting act, then what came of it."""

    about: str
    act: Callable[[Session], Answer]
    is_done: bool = False
    answer: list[Answer] = field(default_factory=list)
    error: Exception | None = None

    def carry_out(self, session: Session) -> None:
        self.answer = [self.act(session)]

    def attempt(self, session: Session) -> None:
        try:
            with session.begin_nested():
                self.carry_out(session)
        except Exception as error:
            self.error = error

    def redeem(self) -> Answer:
        if self.error is not None:
            raise self.error
        return self.answer[0]


class Lane:
    """The way into the database for acts that come in crowds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = Lock()
        self._list = Lock()
        self._waiting: list[_Ticket[object]] = []

    def carry_out(self, act: Callable[[Session], Answer], *, about: str) -> Answer:
        """Run an act as in a transaction of its own; returns, or raises what the act raised, after the commit."""
        ticket = _Ticket(about, act)
        with self._list:
            self._waiting.append(ticket)  # type: ignore[arg-type]  # the lane never looks at answers
        with self._turn:
            if not ticket.is_done:
                self._serve(self._next_group(ticket))  # type: ignore[arg-type]
        return ticket.redeem()

    def _next_group(self, first: _Ticket[object]) -> list[_Ticket[object]]:
        """The given ticket and others about the same, taken off the list."""
        with self._list:
            alike = [other for other in self._waiting if other.about == first.about and other is not first]
            group = [first, *alike[: LONGEST - 1]]
            self._waiting = [other for other in self._waiting if other not in group]
        return group

    def _serve(self, group: list[_Ticket[object]]) -> None:
        try:
            with self._database.transaction() as session:
                if len(group) == 1:
                    group[0].carry_out(session)
                else:
                    for ticket in group:
                        ticket.attempt(session)
        except Exception as error:  # nothing was committed, so nobody may hear anything else
            for ticket in group:
                ticket.error = error
        for ticket in group:
            ticket.is_done = True
