"""A web tier without the caller's key: what it hands on to the draw room, how it comes back, what it answers alone."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import litestar
import pytest
from litestar import Litestar, Request, Response
from litestar.datastructures import Cookie

from accounts.duties import Duty
from storage.adapters import make_adapters
from tests.builders import Platform, make_platform
from tests.doors.door import Door, serving
from tests.real_parts.process import free_port
from web.app import create_app
from web.draw_room import passed_on

WEB = Path(__file__).parents[2] / "web"
NEEDS_THE_KEY = {
    "request_draw",
    "request_round",
    "reveal",
    "bring_share",
    "bring_late_value",
    "call_out",
    "start_calls",
    "answer_call",
    "check_in",
    "confirm_absence",
    "recompute_eligibility",
    "pool_figures",
    "exclusions_of",
    "found_avoidances",
    "own_leaves",
    "ask_review_panel",
    "draw_review_panel",
    "look_at_reviewers",
    "replace_reviewer",
    "review_transcript",
}
"""Acts and queries that open or seal who was drawn."""
SEEN: list[tuple[str, bytes, bytes, dict[str, str], bytes]] = []


@litestar.route("/{path:path}", http_method=["GET", "POST", "PUT"])
async def echo(request: Request[Any, Any, Any], path: str) -> Response[bytes]:
    """Stand at the other end: keep what came, and answer with what a proxy may spoil."""
    scope = request.scope
    SEEN.append(
        (
            request.method,
            scope["raw_path"],
            scope["query_string"],
            dict(request.headers),
            await request.body(),
        )
    )
    return Response(
        b"from the draw room",
        status_code=207,
        media_type="text/x-own",
        headers={"X-Own": "kept", "Keep-Alive": "timeout=9"},
        cookies=[Cookie("a", value="1"), Cookie("b", value="2")],
    )


def tier(platform: Platform, room: str) -> Litestar:
    """The application of a web tier over the same database."""
    settings = replace(platform.adapters.settings, draw_room_url=room)
    return create_app(make_adapters(settings, platform.clock))


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = make_platform(tmp_path / "var")
    yield made
    made.database.close()


def test_a_marked_request_goes_on_whole_and_its_answer_comes_back_whole(platform: Platform) -> None:
    SEEN.clear()
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    with (
        serving(Litestar([echo])) as room,
        serving(tier(platform, room)) as url,
        httpx.Client(base_url=url) as client,
    ):
        door = Door(client, platform)
        headers = {
            "Cookie": "session=s; language=zh",
            "Connection": "x-mine",
            "X-Mine": "1",
            "X-Other": "2",
        }
        path = "/api/tenders/one%20two/call-out?a=%2F&b="
        answer = client.post(path, content=b"\x00body", headers={**headers, "Host": "site.example"})
        assert door.call(manager, "GET", "/api/experts").status_code == 200  # not marked, answered here
    assert (answer.status_code, answer.content) == (207, b"from the draw room")
    assert answer.headers["content-type"] == "text/x-own; charset=utf-8"
    assert (answer.headers["x-own"], "keep-alive" in answer.headers) == ("kept", False)
    assert [cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie")] == ["a=1", "b=2"]
    ((method, raw, query, came, body),) = SEEN
    assert (method, raw, query, body) == (
        "POST",
        b"/api/tenders/one%20two/call-out",
        b"a=%2F&b=",
        b"\x00body",
    )
    assert (came["host"], came["cookie"], came["x-other"]) == ("site.example", headers["Cookie"], "2")
    assert "x-mine" not in came


def test_while_the_draw_room_is_away_its_acts_say_so_and_everything_else_goes_on(platform: Platform) -> None:
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    with (
        serving(tier(platform, f"http://127.0.0.1:{free_port()}")) as url,
        httpx.Client(base_url=url) as client,
    ):
        door = Door(client, platform)
        refused = door.call(manager, "POST", "/api/tenders/x/call-out")
        page = client.get("/pool-figures", headers={"Accept": "text/html"})
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
        assert (page.status_code, "<h1" in page.text) == (503, True)
        assert door.call(manager, "GET", "/api/experts").status_code == 200


def test_only_headers_of_the_two_ends_are_passed_on() -> None:
    ends = [("Accept", "a"), ("accept", "b"), ("Authorization", "c")]
    one_way = [("TE", "x"), ("Connection", "close, X-Hop"), ("x-hop", "y"), ("Content-Length", "3")]
    assert passed_on([*ends, *one_way]) == ends


def test_every_route_whose_act_opens_who_was_drawn_is_marked() -> None:
    marked, lacking = 0, []
    for file in (*WEB.glob("*.py"), *(WEB / "pages").glob("*.py")):
        functions = {
            one.name: one for one in ast.parse(file.read_text()).body if isinstance(one, ast.FunctionDef)
        }
        for function in functions.values():
            is_route = any(isinstance(one, ast.Call) for one in function.decorator_list)
            if is_route and called_in(function, functions, set()) & NEEDS_THE_KEY:
                is_marked = any("opt=DRAW_ROOM" in ast.unparse(one) for one in function.decorator_list)
                marked += is_marked
                lacking += [] if is_marked else [f"{file.name} {function.name}"]
    assert lacking == []
    assert marked >= 20


def called_in(function: ast.FunctionDef, known: dict[str, ast.FunctionDef], seen: set[str]) -> set[str]:
    """The names that a handler calls, by itself or through functions of its own file."""
    called = {
        one.func.attr if isinstance(one.func, ast.Attribute) else one.func.id
        for one in ast.walk(function)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute | ast.Name)
    }
    for name in called - seen - {function.name}:
        if name in known:
            seen.add(name)
            called |= called_in(known[name], known, seen)
    return called
