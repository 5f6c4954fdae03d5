"""JSON from strangers: read strictly, so that nothing in it is passed over or read in two ways."""

import json
from typing import NoReturn

from kernel.errors import BadInput

DEEPEST = "it is nested too deeply"


def read_strict_json(data: bytes, where: str) -> object:
    """Parse UTF-8 JSON.

    Raises:
        BadInput: not JSON in UTF-8, a key twice in one object, NaN or Infinity, or nesting without end.
    """

    def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInput(where=where, why=f"the key {twice} stands twice in one object")
        return found

    def refuse(text: str) -> NoReturn:
        raise BadInput(where=where, why=f"{text} is not a number that can be used")

    try:
        parsed: object = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=object_of, parse_constant=refuse
        )
    except UnicodeDecodeError:
        raise BadInput(where=where, why="it is not UTF-8") from None
    except json.JSONDecodeError as error:
        why = f"it is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise BadInput(where=where, why=why) from None
    except ValueError:  # digits beyond what any reader of numbers takes
        raise BadInput(where=where, why="a number in it is too long") from None
    except RecursionError:
        raise BadInput(where=where, why=DEEPEST) from None
    return parsed
