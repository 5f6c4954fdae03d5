"""House rule: we run from our folder, so no installed package may own one of our root names."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = (
    "manager",
    "handler",
    "helper",
    "processor",
    "utils",
    "service",
    "base",
    "impl",
    "common",
    "core",
)


def roots() -> list[str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(config["tool"]["importlinter"]["root_packages"])


def test_no_installed_distribution_owns_one_of_our_names() -> None:
    owners = packages_distributions()
    assert {name: owners[name] for name in roots() if name in owners} == {}


def test_every_root_package_says_what_it_is() -> None:
    silent = [name for name in roots() if not (ROOT / name / "__init__.py").read_text().startswith('"""')]
    assert silent == []


def test_no_module_is_named_after_nothing() -> None:
    modules = [file for name in roots() for file in (ROOT / name).rglob("*.py")]
    drawers = [file for file in modules if set(file.stem.split("_")) & set(FORBIDDEN)]
    assert drawers == []


def test_no_file_grows_past_the_limit() -> None:
    files = [file for name in [*roots(), "tools", "tests"] for file in (ROOT / name).rglob("*.py")]
    files = [file for file in files if file.parent.name != "versions"]  # migrations are generated
    long = {str(file): count for file in files if (count := len(file.read_text().splitlines())) > 400}
    assert long == {}
