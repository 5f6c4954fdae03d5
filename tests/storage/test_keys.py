"""Where the caller's key comes from: made once, given as a file, or not there at all."""

from pathlib import Path

import pytest

from kernel.errors import NoCallersKey
from kernel.settings import Settings
from storage.database import CALLER_KEY, Database, digest_of, seal, unseal
from storage.keys import caller_key


def test_it_is_made_once_where_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    made = caller_key(Settings(var=tmp_path))
    assert (len(made), caller_key(Settings(var=tmp_path))) == (32, made)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_named_file_is_a_key_or_stops_the_start(tmp_path: Path, length: int) -> None:
    file = tmp_path / "caller.key"
    settings = Settings(var=tmp_path, caller_key_file=str(file))
    with pytest.raises(FileNotFoundError):
        caller_key(settings)
    file.write_bytes(b"k" * length)
    with pytest.raises(ValueError, match="32 bytes"):
        caller_key(settings)
    file.write_bytes(b"k" * 32)
    assert caller_key(settings) == b"k" * 32


def test_a_process_that_names_a_draw_room_has_none(tmp_path: Path) -> None:
    assert caller_key(Settings(var=tmp_path, draw_room_url="http://room")) == b""
    assert not (tmp_path / "keys").exists()
    with pytest.raises(ValueError, match="no caller's key"):
        caller_key(Settings(var=tmp_path, draw_room_url="http://room", caller_key_file="x"))


def test_what_it_seals_opens_with_no_other_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/one.sqlite3"
    with Database(url, b"p" * 32, b"c" * 32).reading() as session:
        sealed = seal(session, "here", b"who", key=CALLER_KEY)
        assert unseal(session, "here", sealed, key=CALLER_KEY) == b"who"
        assert digest_of(session, "tag", "x") != digest_of(session, "tag", "x", key=CALLER_KEY)
    with Database(url, b"p" * 32).reading() as session:
        for use in (unseal, seal):
            with pytest.raises(NoCallersKey):
                use(session, "here", sealed, key=CALLER_KEY)
