"""The catalogues: every text that can reach people is translated, and nothing is half done."""

import pytest
from babel.messages.catalog import Catalog

from kernel.errors import BadInput, NotAllowed, WrongStage
from tools.texts import LANGUAGES, collect, is_translated
from web.language import messages, translate, translate_reason
from web.problems import worded


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    found = messages(request.param.replace("_", "-"))
    assert found is not None
    return found


def test_every_text_of_pages_and_errors_stands_in_the_catalogue(catalogue: Catalog) -> None:
    missing = [m.id for m in collect() if m.id and catalogue.get(m.id, m.context) is None]
    assert missing == [], "run python -m tools.texts"


def test_nothing_is_untranslated_or_fuzzy(catalogue: Catalog) -> None:
    assert [m.id for m in catalogue if m.id and not is_translated(m.string)] == []
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []


def test_translations_keep_every_placeholder(catalogue: Catalog) -> None:
    wrong = [m.id for m in catalogue if m.id and list(m.check(catalogue))]
    wrong += [
        m.id
        for m in catalogue
        if isinstance(m.id, str) and m.context and braces(str(m.string)) != braces(m.id)
    ]
    assert wrong == []


def braces(text: str) -> set[str]:
    return {f"{{{n}}}" for n in range(5) if f"{{{n}}}" in text}


def test_the_texts_of_errors_keep_their_facts(catalogue: Catalog) -> None:
    for kind in (BadInput, NotAllowed, WrongStage):
        translated = translate("zh-CN", kind.text)
        assert translated != kind.text
        assert sorted(names(translated)) == sorted(names(kind.text))


def names(text: str) -> list[str]:
    return [piece.partition("}")[0] for piece in text.split("{")[1:]]


def test_a_reason_with_figures_is_translated() -> None:
    assert translate_reason("zh-CN", "write 1 to 4000 characters") == "请填写 1 至 4000 个字符"
    assert translate_reason("en", "write 1 to 4000 characters") == "write 1 to 4000 characters"


def test_words_of_the_code_become_words_of_the_reader() -> None:
    assert worded("zh-CN", "stage", "published") == "投标中"
    assert worded("zh-CN", "duty", "expert / supervisor") == "评标专家 / 监督人"
    assert worded("en", "missing", "title.zh, lots") == "Title in Chinese, At least one lot"
