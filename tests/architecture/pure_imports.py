"""Which imports a pure module may have; the rule is a function so that its own test can feed it others."""

import ast
from collections.abc import Iterator

DOMAIN = ("accounts", "approval", "tender", "expert_pool", "evaluation", "supervision")
WORLDLY = ("records", "queries", "actions")
# fmt: off
STDLIB = frozenset({
    "__future__", "abc", "array", "base64", "binascii", "bisect", "collections", "contextlib", "copy", "csv",
    "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html",
    "io", "itertools", "json", "math", "operator", "re", "statistics", "string", "struct", "textwrap",
    "types", "typing", "unicodedata", "zipfile", "zlib", "zoneinfo",
})
# fmt: on
THIRD_PARTY = frozenset({"lxml", "numpy", "py_ecc", "pypdf", "rapidfuzz", "scipy", "webauthn"})
CLOCKS = frozenset({("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")})


def is_pure(module: str) -> bool:
    """Whether the dotted name belongs to a domain package and is none of the three worldly words."""
    parts = module.split(".")
    return parts[0] in DOMAIN and not (len(parts) > 1 and parts[1] in WORLDLY)


def offences(source: str) -> Iterator[str]:
    """Each import or call that makes the module impure, as a plain sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (sentence for alias in node.names if (sentence := _judge(alias.name, node.lineno)))
        elif isinstance(node, ast.ImportFrom):
            yield from _judge_from(node)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in CLOCKS:
                yield f"line {node.lineno}: asks {node.value.id}.{node.attr}; take `now` as an argument"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "print")
        ):
            yield f"line {node.lineno}: calls {node.func.id}(), which touches the world"


def _judge_from(node: ast.ImportFrom) -> Iterator[str]:
    if node.level:
        yield f"line {node.lineno}: relative import; say the full name"
        return
    names = {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    yield from sorted({sentence for name in names if (sentence := _judge(name, node.lineno))})


def _judge(module: str, line: int) -> str:
    root, *rest = module.split(".")
    if module.startswith("kernel.settings"):
        return f"line {line}: imports kernel.settings; no rule reads the environment"
    if module.startswith(("kernel.ids.new_id", "kernel.clock.SystemClock")):
        return f"line {line}: imports {module}; time and chance are arguments"
    if root in DOMAIN:
        return (
            ""
            if is_pure(".".join([root, *rest]))
            else f"line {line}: imports {module}, which touches the world"
        )
    if root in ("kernel", "crypto") or root in STDLIB or root in THIRD_PARTY:
        return ""
    return f"line {line}: imports {module}, which a pure module may not"
