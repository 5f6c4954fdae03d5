from xml.etree import ElementTree

import pytest

from approval.flow_chart import describe, flow_chart, shorten
from approval.guide import Paper, guide_sheet
from approval.publication import EIGHT_BLOCKS
from crypto.canonical import canonical
from tests.approval.items import item, step

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_chart_has_a_box_for_each_step_and_says_itself_in_words(language: str) -> None:
    version = item()
    root = ElementTree.fromstring(flow_chart(version, language))
    assert len(root.findall(f"{SVG}rect")) == len(version.steps) + 2
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text == describe(version, language)
    assert all(one.code in (description.text or "") for one in version.steps)


def test_a_step_that_changes_changes_the_chart() -> None:
    before = flow_chart(item(), "zh")
    after = flow_chart(item(steps=[step("check", "review", 3), step("decide", "decide", 1)]), "zh")
    assert "check" in after
    assert "check" not in before
    assert before == flow_chart(item(), "zh")


def test_what_an_office_wrote_cannot_become_markup() -> None:
    evil = '<script>x</script>"&'
    version = item(title={"zh": evil}, steps=[step(evil, "decide", 1)])
    assert "<script" not in flow_chart(version, "zh")


@pytest.mark.parametrize(
    ("text", "units", "shown"),
    [("abcd", 4, "abcd"), ("abcde", 4, "abc…"), ("审查", 4, "审查"), ("审查岗", 4, "审…"), ("", 4, "")],
)
def test_a_text_is_cut_where_it_would_leave_its_box(text: str, units: int, shown: str) -> None:
    assert shorten(text, units) == shown


@pytest.mark.parametrize("paper", list(Paper))
def test_only_the_manual_tells_risks_and_every_sheet_has_one_byte_form(paper: Paper) -> None:
    risky = [step("decide", "decide", 1) | {"risk": "high", "control": {"zh": "双人复核"}}]
    sheet = guide_sheet(
        item(steps=risky),
        paper=paper,
        language="en",
        department="市规划局",
        windows=["01"],
        centre={"name": {"zh": "中心", "en": "Centre"}, "complaint_channel": "12345"},
        url="https://example.org/items/TJ-001",
        blocks=EIGHT_BLOCKS,
    )
    canonical(sheet)
    assert (sheet["steps"][0]["risk"] == "high") is (paper is Paper.MANUAL)
    assert sheet["fees"][0]["price"] == "10.00"
    assert sheet["complaint"] == "0717-6256000"
