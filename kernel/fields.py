"""Reading a JSON object strictly: each complaint names its field by path, nothing unknown is passed over."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from kernel.errors import BadInput

LONGEST_TEXT = 2000  # characters of one text field; a rulebook's longest clause stays far below


class Fields:
    """One JSON object being read: its path, and which of its keys nobody has asked for yet."""

    def __init__(self, data: object, error: type[BadInput] = BadInput, path: str = "") -> None:
        self.error, self.path = error, path
        if not isinstance(data, Mapping):
            raise error(where=path or "the document", why="an object is needed here")
        self.data: Mapping[str, object] = data
        self.left = set(data)

    def where(self, key: str) -> str:
        """The full path of a key, such as `groups[0].weight`."""
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, why: str) -> NoReturn:
        """Refuse the document because of this field."""
        raise self.error(where=self.where(key), why=why)

    def take(self, key: str) -> object:
        """The raw value of a key that must be there."""
        self.left.discard(key)
        if key not in self.data:
            self.fail(key, "it is missing")
        return self.data[key]

    def has(self, key: str) -> bool:
        """Whether an optional key is there and not null."""
        self.left.discard(key)
        return self.data.get(key) is not None

    def text(self, key: str, longest: int = LONGEST_TEXT) -> str:
        """A text that says something."""
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "a text is needed here")
        if len(value) > longest:
            self.fail(key, f"at most {longest} characters are allowed")
        return value

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of a few fixed words."""
        value = self.take(key)
        if not isinstance(value, str) or value not in allowed:
            self.fail(key, f"it must be one of {', '.join(allowed)}")
        return value

    def whole(self, key: str, lowest: int, highest: int) -> int:
        """A whole number inside its limits; true, 1.0 and "1" are not whole numbers here."""
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail(key, "a whole number is needed here, written without quotes, point or exponent")
        if not lowest <= value <= highest:
            self.fail(key, f"it must be from {lowest} to {highest}")
        return value

    def truth(self, key: str) -> bool:
        """True or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            self.fail(key, "true or false is needed here")
        return value

    def choice_or(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of a few fixed words, or the default where the key is absent."""
        return self.choice(key, allowed) if self.has(key) else default

    def whole_or(self, key: str, lowest: int, highest: int, default: int) -> int:
        """A whole number inside its limits, or the default where the key is absent."""
        return self.whole(key, lowest, highest) if self.has(key) else default

    def truth_or(self, key: str, *, default: bool) -> bool:
        """True or false, or the default where the key is absent."""
        return self.truth(key) if self.has(key) else default

    def inner_or(self, key: str, default: Mapping[str, object]) -> "Fields":
        """The object under a key, or the default where the key is absent."""
        return Fields(self.data[key] if self.has(key) else default, self.error, self.where(key))

    def objects_or_none(self, key: str) -> Iterator["Fields"]:
        """The objects of the list under a key; none where the key is absent."""
        return self.objects(key) if self.has(key) else iter(())

    def inner(self, key: str) -> "Fields":
        """The object under a key."""
        return Fields(self.take(key), self.error, self.where(key))

    def list(self, key: str) -> Sequence[object]:
        """The list under a key."""
        value = self.take(key)
        if not isinstance(value, list | tuple):
            self.fail(key, "a list is needed here")
        return value

    def objects(self, key: str) -> Iterator["Fields"]:
        """The objects of the list under a key, in their order."""
        for index, value in enumerate(self.list(key)):
            yield Fields(value, self.error, f"{self.where(key)}[{index}]")

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not pass unseen."""
        for key in sorted(self.left, key=str):
            self.fail(key, "this key is not known here")
