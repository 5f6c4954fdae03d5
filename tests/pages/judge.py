"""What must hold on every page: no accessibility violation, no CSP or console error, nothing wider than a phone."""

import os
from pathlib import Path
from typing import Any
from zlib import crc32

from playwright.sync_api import ConsoleMessage, Page

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "web/frontend/node_modules/axe-core/axe.min.js").read_text()
ARTEFACTS = ROOT / "var/test-artefacts/pages"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
}
WIDTHS = (1280, 375)
HEIGHT = 900
CHINESE, ENGLISH = "zh-CN", "en"
PICTURES = bool(os.environ.get("PICTURES"))
"""`PICTURES=1 make test T=tests/pages` keeps what every page looks like, and axe looks at each in both widths."""
EXPECTED = "the server responded with a status of 4"  # a refused form answers 4xx with its page


def widths_of_axe(name: str, language: str) -> tuple[int, ...]:
    """The widths in which axe looks at a page in one of the two languages."""
    if PICTURES:
        return WIDTHS
    place = (CHINESE, ENGLISH).index(language)
    return WIDTHS[place : place + 1] if place == _half(name) else ()


def _half(name: str) -> int:
    return crc32(name.encode()) % 2


class Judge:
    """Looks at pages and keeps their pictures."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.findings: list[str] = []  # of all pages, told together at the end of the story
        self.errors: list[str] = []
        self.seen: list[str] = []
        ARTEFACTS.mkdir(parents=True, exist_ok=True)

    def listen(self, page: Page) -> None:
        """Collect what the browser complains about."""
        page.on("console", self._keep)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))

    def _keep(self, message: ConsoleMessage) -> None:
        if message.type == "error" and EXPECTED not in message.text:
            self.errors.append(f"{message.location.get('url', '')}: {message.text}")

    def visit(self, page: Page, path: str, name: str) -> None:
        """Load a page in both languages and judge it in both widths; it stays open in the house's language.

        axe takes half of the browser's time for a page, so it looks once: at half of the pages in Chinese and wide, at
        the others in English and narrow, always the same ones.
        """
        joint = "&" if "?" in path else "?"
        for language, query in ((ENGLISH, f"{joint}lang={ENGLISH}"), (CHINESE, "")):
            answer = page.goto(f"{self.url}{path}{query}")
            assert answer is not None
            assert answer.ok, f"{path}: {answer.status}"
            self.judge(page, name, language, widths_of_axe(name, language))

    def judge(
        self, page: Page, name: str, language: str = CHINESE, looked_at: tuple[int, ...] | None = None
    ) -> None:
        """Judge a page as it is now: overflow in both widths, accessibility in those named or in one of them."""
        assert page.locator("html").get_attribute("lang") == language
        self.seen.append(name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if PICTURES and language == CHINESE:
                # Playwright hides the caret by an inline style, which our CSP refuses at the next swap.
                picture = ARTEFACTS / f"{name}-{language}-{width}.jpg"
                page.screenshot(path=picture, full_page=True, caret="initial", type="jpeg", quality=70)
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if overflow > 0:
                self.findings.append(f"{name} {language}: {overflow} px wider than {width}")
            if width in (WIDTHS[_half(name) :][:1] if looked_at is None else looked_at):
                self.findings += [f"{name} {language} {width}: {found}" for found in self.violations(page)]
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})

    def violations(self, page: Page) -> list[str]:
        """What axe finds, each with the element."""
        # Evaluated by the debugger, which no CSP concerns; the page itself may load nothing.
        if not page.evaluate("Boolean(window.axe)"):
            page.evaluate(f"() => {{ {AXE} }}")
        found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]
