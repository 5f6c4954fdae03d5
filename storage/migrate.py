"""Brings a database to the tables of this version. `python -m storage.migrate [new MESSAGE]`."""

import shutil
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from kernel.settings import Settings, read_settings
from storage.keys import PEOPLE_KEY_FILE

FOLDER = Path(__file__).with_name("migrations")
VERSIONS = FOLDER / "versions"


def upgrade(url: str, revision: str = "head", versions: Path = VERSIONS, *, people_key: bytes = b"") -> None:
    """Run the migrations that the database lacks; two at once are harmless.

    Raises:
        RuntimeError: personal data that lies open has to be sealed, and there is no key.
    """
    command.upgrade(_config(url, versions, people_key), revision)


def upgrade_site(settings: Settings) -> None:
    """Upgrade the database of these settings, with the key in their folder where there is one."""
    key = settings.var / "keys" / PEOPLE_KEY_FILE
    upgrade(settings.database, people_key=key.read_bytes() if key.exists() else b"")


def downgrade(url: str, revision: str = "base", versions: Path = VERSIONS) -> None:
    """Run migrations backwards."""
    command.downgrade(_config(url, versions), revision)


def write_revision(message: str, versions: Path = VERSIONS) -> Path:
    """Write what the models have and the migrations lack as the next revision."""
    versions.mkdir(exist_ok=True)
    number = f"{1 + len(list(versions.glob('[0-9]*.py'))):04}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.sqlite3"
        upgrade(url, versions=versions)
        command.revision(_config(url, versions), message, autogenerate=True, rev_id=number)
    [written] = versions.glob(f"{number}_*.py")
    return written


def _config(url: str, versions: Path, people_key: bytes = b"") -> Config:
    config = Config(attributes={"url": url, "people_key": people_key})
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff:
        hook = {"type": "exec", "executable": ruff, "options": "format -q REVISION_SCRIPT_FILENAME"}
        config.set_section_option("post_write_hooks", "hooks", "ruff")
        for key, value in hook.items():
            config.set_section_option("post_write_hooks", f"ruff.{key}", value)
    return config


def main(words: list[str]) -> int:
    """Upgrade the database of the settings, or write a revision."""
    match words:
        case []:
            upgrade_site(read_settings())
        case ["new", message] if message.strip():
            print(f"wrote {write_revision(message)}: read it before you commit it")
        case _:
            print(
                'usage: python -m storage.migrate [new MESSAGE]; make migrate m="add lots"', file=sys.stderr
            )
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
