"""`python -m tools.texts`: collect every text of the pages and of the errors, and bring the catalogues up to date.

Beside what is marked in templates and code, three kinds of text reach people: the `text` of each error class, the
first line of its docstring (the title of a problem document), and the short reasons that rules give as facts. The
reasons are found where they are written; `{0}` stands for what a rule puts into one.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from kernel import errors
from web.language import LOCALES, REASON

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "translate": (2,)}
PACKAGES = (
    "accounts",
    "approval",
    "crypto",
    "evaluation",
    "expert_pool",
    "kernel",
    "storage",
    "supervision",
    "tender",
    "web",
)
FOR_PROGRAMS = (
    "crypto/archive_names.py",
    "crypto/asn1_forms.py",
    "crypto/canonical.py",
    "crypto/checkpoint.py",
    "crypto/key_shares.py",
    "crypto/log_entry.py",
    "crypto/merkle.py",
    "crypto/opener_keys.py",
    "crypto/parts_digest.py",
    "crypto/passphrase.py",
    "crypto/receipts.py",
    "crypto/seeded_random.py",
    "crypto/signatures.py",
    "crypto/suites.py",
    "crypto/timestamps.py",
    "evaluation/capsule.py",
    "expert_pool/transcript.py",
)
"""Their reasons are met on the command line and by programs only, never on a page."""
FACTS = ("why", "rule", "what", "duty")
SPOKEN = {"fail": 1, "_malformed": 0}  # calls whose argument is a reason
SPOKEN_ERRORS = ("evaluation/fixed_point.py",)  # here a ValueError's text becomes a reason
LANGUAGES = ("zh_CN",)
WIDTH = 110


def collect() -> Catalog:
    """All texts, as a template without translations."""
    found = Catalog(project="Mingtang", charset="utf-8", fuzzy=False)
    with Path("babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for path, _line, message, _comments, context in extract_from_dir(
        ".", methods, options, KEYWORDS, directory_filter=lambda _: True
    ):
        found.add(message, locations=[(path.removeprefix("./"), 0)], context=context)
    for kind in error_classes():
        found.add(kind.text, locations=[("kernel/errors.py", 0)])
        found.add((kind.__doc__ or "").splitlines()[0], locations=[("kernel/errors.py", 0)])
    for path_, reason in reasons():
        found.add(reason, locations=[(path_, 0)], context=REASON)
    return found


def error_classes() -> list[type[errors.TenderingError]]:
    """Every error that people may be told of."""
    members = [member for _, member in inspect.getmembers(errors, inspect.isclass)]
    return sorted((m for m in members if issubclass(m, errors.TenderingError)), key=lambda m: m.__name__)


def reasons() -> Iterator[tuple[str, str]]:
    """Where each reason stands, and its text."""
    for package in PACKAGES:
        for path in sorted(set(Path(package).rglob("*.py")) - {Path(name) for name in FOR_PROGRAMS}):
            for node in ast.walk(ast.parse(path.read_text())):
                for value in spoken(node, str(path)):
                    for text in texts_of(value):
                        if any(character.isalpha() for character in text):
                            yield str(path), text


def spoken(node: ast.AST, path: str) -> list[ast.expr]:
    """The expressions in a node that become a reason."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        found = [keyword.value for keyword in node.keywords if keyword.arg in FACTS]
        if name in SPOKEN and len(node.args) > SPOKEN[name]:
            found.append(node.args[SPOKEN[name]])
        if name == "ValueError" and path in SPOKEN_ERRORS:
            found += node.args
        return found
    if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "why" for t in node.targets):
        return [node.value]
    return []


def texts_of(value: ast.expr) -> list[str]:
    """The texts that an expression may give, with numbered places for what it puts in."""
    if isinstance(value, ast.IfExp):
        return texts_of(value.body) + texts_of(value.orelse)
    pieces, count = [], 0
    for part in flat(value):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            pieces.append(part.value.replace("{", "{{").replace("}", "}}"))
        else:
            pieces.append(f"{{{count}}}")
            count += 1
    return ["".join(pieces)] if len(pieces) > count else []


def flat(value: ast.expr) -> list[ast.expr]:
    """The parts of a text: of an f-string, of texts added together."""
    if isinstance(value, ast.JoinedStr):
        return [part for item in value.values for part in flat(item)]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return flat(value.left) + flat(value.right)
    return [value]


def catalogue_path(language: str) -> Path:
    """The catalogue of one language."""
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


def update(language: str, template: Catalog) -> int:
    """Bring one catalogue up to date; returns how many texts it does not translate."""
    path = catalogue_path(language)
    known = Catalog(locale=language, fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    made_at = known.creation_date
    known.update(template, no_fuzzy_matching=True)
    known.creation_date = made_at  # so that a run which finds nothing new changes nothing
    known.project, known.version = "Mingtang", "1"
    known.last_translator, known.language_team = "Mingtang", "zh_CN"
    known.msgid_bugs_address = ""
    known.obsolete.clear()
    known.header_comment = (
        "# Texts of Mingtang. Made by `python -m tools.texts`; translations are written here."
    )
    known.fuzzy = False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=WIDTH, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return sum(1 for message in known if message.id and not is_translated(message.string))


def is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a message, or each of its plural forms, has a translation."""
    return bool(string) if string is None or isinstance(string, str) else all(string)


def main() -> int:
    """Update every catalogue; fails while something is untranslated."""
    template = collect()
    missing = {language: update(language, template) for language in LANGUAGES}
    for language, count in missing.items():
        sys.stdout.write(f"{language}: {len(template)} texts, {count} untranslated\n")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
