"""What Alembic runs: it knows every module that has tables, and upgrades in one transaction under a lock."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from storage.database import Database
from storage.migrations.triggers import add_missing

ROOT = Path(__file__).parents[2]
LOCK = 0x6D696E67  # any number that nothing else on the server uses


def load_tables() -> None:
    """Import every module with tables."""
    for name in (
        "audit_log",
        "archive_stamps",
        "cosignatures",
        "national_log",
        "outbox",
        "published_heads",
        "revocation_lists",
    ):
        import_module(f"storage.{name}")
    for records in sorted([*ROOT.glob("*/records.py"), *ROOT.glob("*/records/[a-z]*.py")]):
        import_module(".".join(records.relative_to(ROOT).with_suffix("").parts))


def write_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types as the plain ones they stand on: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: Connection) -> None:
    """Upgrade or compare, all or nothing."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=write_type,
        compare_type=True,
        transactional_ddl=True,
        process_revision_directives=add_missing,
    )
    context.run_migrations()


def main() -> None:
    """Open the database named by the caller."""
    load_tables()
    database = Database(context.config.attributes["url"])
    try:
        with database.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # Before the transaction begins: changing a table copies it, which foreign keys would take for a loss.
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                run(connection)
    finally:
        database.close()


main()
