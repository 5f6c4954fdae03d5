"""Fixtures that the tests of both verifiers share."""

from collections.abc import Iterator

import pytest

from tools.second_verifier import SecondVerifier


@pytest.fixture(scope="module")
def second() -> Iterator[SecondVerifier]:
    """The second verifier, running as long as the tests of a file do."""
    with SecondVerifier() as process:
        yield process
