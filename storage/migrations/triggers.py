"""Triggers of the models as lines of a migration: the comparison of tables does not see them.

Models hang them on the metadata, `event.listen(SQLModel.metadata, "after_create", DDL(...).execute_if(dialect=...))`.
"""

import re
from dataclasses import dataclass
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import DDL
from sqlmodel import SQLModel

TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")


@dataclass(frozen=True)
class Statement(MigrateOperation):
    """One statement for one kind of database."""

    dialect: str
    text: str


def _models() -> list[Statement]:
    listeners: list[Any] = list(SQLModel.metadata.dispatch.after_create)
    found = [listener for listener in listeners if isinstance(listener, DDL) and listener._ddl_if is not None]
    return [Statement(str(ddl._ddl_if.dialect), ddl.statement % ()) for ddl in found if ddl._ddl_if]


def add_missing(context: MigrationContext, _revision: Any, directives: list[MigrationScript]) -> None:
    """Append the statements of triggers that the migrations so far do not make."""
    assert context.connection is not None
    there = {
        row[0]
        for row in context.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    }
    models = _models()
    named = {name for model in models for name in TRIGGER.findall(model.text)}
    operations = directives[0].upgrade_ops
    if named <= there or operations is None:
        return
    # A function stands before its triggers; making it again is harmless.
    operations.ops += [model for model in models if not set(TRIGGER.findall(model.text)) & there]


@renderers.dispatch_for(Statement)
def _render(_context: AutogenContext, operation: Statement) -> str:
    condition = f"if op.get_bind().dialect.name == {operation.dialect!r}:"
    return f"{condition}\n    op.get_bind().exec_driver_sql({operation.text!r})"
