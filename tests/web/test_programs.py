"""Programs that people run: their hashes are in the log once, and stand where pages load them."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from litestar.testing import TestClient

from accounts.actions import publish_programs
from accounts.queries import published_programs
from crypto.log_entry import leaf_data
from storage.adapters import make_adapters
from tests.builders import Platform, make_platform
from web.app import create_app
from web.programs import BUILD, PROGRAMS, built, integrity, script


def log_indexes(platform: Platform) -> list[int]:
    with platform.database.reading() as session:
        return sorted({row.log_index for row in published_programs(session)})


def test_what_is_built_is_published_once_however_often_servers_start(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    for _ in range(2):
        with TestClient(create_app(platform.adapters)):
            pass
        platform = make_again(platform)
    assert len(log_indexes(platform)) == 1
    changed = {**built(), PROGRAMS[0].name: "0" * 64}
    for _ in range(2):
        with platform.database.transaction() as session:
            publish_programs(session, programs=changed, now=platform.clock.now())
    assert len(log_indexes(platform)) == 2


def make_again(platform: Platform) -> Platform:
    """The same folder after its server has stopped."""
    adapters = make_adapters(platform.adapters.settings, platform.clock)
    return Platform(adapters, platform.clock, platform.operator)


def test_anybody_finds_the_published_hashes_in_the_log(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    with TestClient(create_app(platform.adapters)) as client:
        answer = client.get("/api/programs").json()
        entries = {entry["index"]: entry for entry in answer["entries"]}
        for program in answer["programs"]:
            entry = entries[program["entry"]]
            assert leaf_data(bytes.fromhex(entry["salt"]), entry["fact"].encode()).hex() == entry["leaf"]
            assert json.loads(entry["fact"])["data"]["sha256"][program["name"]] == program["sha256"]
            served = client.get(program["url"]).content
            assert sha256(served).hexdigest() == program["sha256"]
            assert program["is_served"]
        assert {program["name"] for program in answer["programs"]} == set(built())
        page = client.get("/programs", headers={"accept": "text/html"}).text
        assert all(digest in page for digest in built().values())


def test_pages_name_the_published_hash_where_they_load_a_script() -> None:
    name = "bidder-seal.js"
    digest = b64decode(integrity(name).removeprefix("sha256-")).hex()
    assert digest == built()[name] == sha256((BUILD / name).read_bytes()).hexdigest()
    assert f'src="/static/build/{name}" integrity="sha256-' in script(name)


def test_the_one_file_is_published_and_nothing_else_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "mingtang-linux-x86_64.pyz").write_bytes(b"program")
    (folder / "notes.txt").write_bytes(b"not for others")
    monkeypatch.setattr("web.programs.ONE_FILE", folder)
    platform = make_platform(tmp_path / "var")
    with TestClient(create_app(platform.adapters)) as client:
        programs = {one["name"]: one for one in client.get("/api/programs").json()["programs"]}
        found = programs["mingtang-linux-x86_64.pyz"]
        assert (found["sha256"], found["is_served"]) == (sha256(b"program").hexdigest(), True)
        answer = client.get(found["url"])
        assert (answer.content, "attachment" in answer.headers["content-disposition"]) == (b"program", True)
        for name in ("notes.txt", "mingtang-windows-x86_64.pyz", "verify.html"):
            assert client.get(f"/programs/files/{name}").status_code == 404
