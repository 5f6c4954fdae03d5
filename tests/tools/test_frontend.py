"""Offline pages: one file, and only the very script and style that were built run in it."""

from base64 import b64encode
from hashlib import sha256

import pytest

from tools.setup.console import SetupFailed
from tools.setup.frontend import inline_page

PAGE = (
    '<meta http-equiv="Content-Security-Policy" content="script-src {{script-hash}}; style-src {{style-hash}}">'
    '<style>{{style}}</style><script type="module">{{script}}</script>'
)


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_policy_names_the_script_and_the_style_that_stand_in_the_page() -> None:
    page = inline_page(PAGE, "p{color:red}\n", 'let a="明"\n')
    assert f"script-src {hash_of('let a=明'.replace('明', chr(34) + '明' + chr(34)))}" in page
    assert f"style-src {hash_of('p{color:red}')}" in page
    assert '<script type="module">let a="明"</script>' in page
    assert "{{" not in page


def test_what_looks_like_a_mark_inside_the_script_stays_as_it_is() -> None:
    assert '"{{script}}"' in inline_page(PAGE, "", 'let a="{{script}}"')


@pytest.mark.parametrize("script", ["'</script>'", "'</SCRIPT '", "'<!--'", "a\r\nb", "'\0'"])
def test_script_that_the_page_would_read_otherwise_is_refused(script: str) -> None:
    with pytest.raises(SetupFailed):
        inline_page(PAGE, "", script)


@pytest.mark.parametrize(
    "page", [PAGE.replace("{{script-hash}}", "*"), PAGE.replace("{{style}}", ""), PAGE + "{{script}}"]
)
def test_page_without_a_mark_or_with_one_twice_is_refused(page: str) -> None:
    with pytest.raises(SetupFailed):
        inline_page(page, "", "")
