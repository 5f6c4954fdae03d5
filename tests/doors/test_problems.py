"""Every expected failure leaves the platform as a complete problem document, in the reader's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import litestar
import pytest
from litestar.testing import TestClient

from kernel import errors
from kernel.errors import TenderingError
from tests.builders import make_platform
from tests.doors.door import Door
from web.app import create_app

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "accounts",
    "approval",
    "client",
    "crypto",
    "evaluation",
    "expert_pool",
    "kernel",
    "storage",
    "supervision",
    "tender",
    "web",
    "worker",
)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # punctuation too
SAMPLES = {
    "bids": 2,
    "minimum": 3,
    "limit_bytes": 1000,
    "size_bytes": 2000,
    "released": 1,
    "needed": 2,
    "seconds": 300,
    "opener": 2,
    "stage": "draft",
    "move": "publish",
    "held": "bidder",
    "asked": "operator",
    "duty": "bidder / opener",
    "party": "witness",
    "missing": "title, lots",
}
EXPECTED = {
    "NotFound": 404,
    "NotSignedIn": 401,
    "PasskeyNeeded": 403,
    "PasskeyCopied": 422,
    "NotAllowed": 403,
    "BadInput": 422,
    "BadPoolFile": 422,
    "MalformedEnvelope": 422,
    "DoubleSealed": 422,
    "BadPrice": 422,
    "BadRulebook": 422,
    "BadSheet": 422,
    "IncompleteNotice": 422,
    "IncompleteItem": 422,
    "BadLines": 422,
    "MalformedCapsule": 422,
    "TooLarge": 413,
    "RateLimited": 429,
    "ChangedMeanwhile": 412,
    "Unavailable": 503,
    "ClocksDisagree": 503,
    "BadHeader": 400,
    "UploadBusy": 423,
    "UploadExpired": 410,
    "WrongChecksum": 460,
    "WrongMediaType": 415,
    "WrongProtocol": 412,
    "NoCallersKey": 503,
    "IntegrityBroken": 500,
}
"""By class; every other one is a rule that says no, 409."""


def tree(kind: type[TenderingError]) -> Iterator[type[TenderingError]]:
    for child in kind.__subclasses__():
        yield child
        yield from tree(child)


CLASSES = sorted((kind for kind in set(tree(TenderingError))), key=lambda kind: kind.__name__)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def sample(kind: type[TenderingError]) -> TenderingError:
    return kind(**{name: SAMPLES.get(name, f"the-{name}") for name in placeholders(kind.text)})


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The application with one more route, which raises the class named."""

    @litestar.get("/api/raise/{name:str}")
    async def fail(name: str) -> None:
        raise sample(getattr(errors, name))

    platform = make_platform(tmp_path_factory.mktemp("problems"))
    app = create_app(platform.adapters)
    app.register(fail)
    with TestClient(app) as client:
        yield Door(client, platform)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_has_its_status_and_a_whole_document_in_both_languages(
    door: Door, kind: type[TenderingError]
) -> None:
    path = f"/api/raise/{kind.__name__}"
    told = {language: door.call(None, "GET", path, accept_language=language) for language in ("en", "zh-CN")}
    error = sample(kind)
    for answer in told.values():
        body = answer.json()
        assert answer.status_code == body["status"] == EXPECTED.get(kind.__name__, 409)
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["type"] == f"urn:mingtang:problem:{error.code}"
        assert body["code"] == error.code
        assert body["facts"] == error.facts
        assert not placeholders(body["detail"])
        assert ("retry-after" in answer.headers) is (body["status"] in (429, 503))
    english, chinese = told["en"].json(), told["zh-CN"].json()
    for part in ("title", "detail"):
        assert CHINESE.search(chinese[part]), f"{kind.__name__}.{part} is not translated"
        assert not CHINESE.search(english[part])
    figures = [str(value) for value in error.facts.values() if isinstance(value, int)]
    assert all(figure in chinese["detail"] and figure in english["detail"] for figure in figures)


def raised(path: Path) -> Iterator[tuple[str, int, set[str]]]:
    """The class, line and facts of each error that a file makes."""
    names = {kind.__name__ for kind in CLASSES}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node.func.id, node.lineno, {keyword.arg or "**" for keyword in node.keywords}
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in names:
            yield node.exc.id, node.lineno, set()


def test_nobody_raises_an_error_without_the_facts_of_its_message() -> None:
    lacking = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for name, line, facts in raised(path):
                missing = placeholders(getattr(errors, name).text) - facts
                if missing and "**" not in facts:
                    lacking.append(
                        f"{path.relative_to(ROOT)}:{line} {name} lacks {', '.join(sorted(missing))}"
                    )
    assert lacking == []


def test_every_error_is_used_somewhere() -> None:
    used = {
        node.id
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name)
    }
    assert {kind.__name__ for kind in CLASSES} - used == set()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing-here", 404, "not-found"),
        ("DELETE", "/api/tenders", 405, "method-not-allowed"),
        ("POST", "/api/tokens", 422, "bad-input"),
        ("GET", "/api/tenders?limit=many", 422, "bad-input"),
        ("GET", "/api/tenders?limit=0", 422, "bad-input"),
        ("GET", "/api/tenders?limit=101", 422, "bad-input"),
        ("GET", "/api/tenders?stage=somewhere", 422, "bad-input"),
        ("GET", "/api/tenders?cursor=%25%25", 422, "bad-input"),
        ("GET", "/api/tenders?cursor=bm90IGEgdGltZQ", 422, "bad-input"),
        ("GET", "/api/tenders/%00", 404, "not-found"),
        ("GET", "/api/tenders/" + "x" * 3000, 404, "not-found"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_document_too(
    door: Door, method: str, path: str, status: int, code: str
) -> None:
    answer = door.call(None, method, path, accept_language="en")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_malformed_json_is_refused_without_a_word_of_it(door: Door) -> None:
    for body in (b"{", b"[]", b'{"sign_in": "secret-word', b'{"sign_in": 5}', b"\xff", b'"' + b"[" * 100_000):
        answer = door.call(None, "POST", "/api/tokens", body, content_type="application/json")
        assert answer.status_code in (400, 422)
        assert answer.json()["code"] == "bad-input"
        assert "secret-word" not in answer.text
