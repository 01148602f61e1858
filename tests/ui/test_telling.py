"""Answers laid out, and templates that escape."""

from __future__ import annotations

from importlib.resources import files

import pytest

from agent.records import Citation
from agent.ui.page import SCRIPTS, STYLES, Page, text_of
from agent.ui.strings import strings
from agent.ui.telling import bare, lay_out, leads_to
from tests.ui.conftest import HOSTILE


def citations(*ids: str) -> list[Citation]:
    return [Citation(id=one, text=f"what {one} says") for one in ids]


def test_sentences_end_where_their_records_do() -> None:
    text = "Two things. [segment/s1/S1][user/u1/category:Plants and seeds] More. [segment/s1/S1]"
    known = citations("segment/s1/S1", "user/u1/category:Plants and seeds")
    ((first, second),) = lay_out(text, known)
    assert (first.text, [mark.number for mark in first.marks]) == ("Two things.", [1, 2])
    assert (second.text, [mark.number for mark in second.marks]) == ("More.", [1])


def test_an_id_that_begins_another_is_not_taken_for_it() -> None:
    ((line,),) = lay_out("A. [audience/ab/spend]", citations("audience/ab", "audience/ab/spend"))
    assert [mark.id for mark in line.marks] == ["audience/ab/spend"]


def test_brackets_that_are_no_citation_stay_in_the_text() -> None:
    ((line,),) = lay_out("Mug [segment/s9/S1] here. [segment/s1/S1]", citations("segment/s1/S1"))
    assert line.text == "Mug [segment/s9/S1] here."


def test_paragraphs_stay_apart_and_text_without_records_is_kept() -> None:
    assert [[line.text for line in part] for part in lay_out("One.\n\nTwo.", ())] == [
        ["One."],
        ["Two."],
    ]


def test_things_with_a_record_each_are_a_list() -> None:
    ids = ("a/1", "a/2", "a/3")
    ((line,),) = lay_out("Best first: x; y; z. [a/1][a/2][a/3]", citations(*ids))
    assert [(thing, mark.id) for thing, mark in line.things] == list(zip("xyz", ids, strict=True))
    ((line,),) = lay_out("Best first: x; y; z; w. [a/1][a/2][a/3]", citations(*ids))
    assert line.things == ()


@pytest.mark.parametrize(
    ("record", "page"),
    [("segment/s7/S2", "segment/s7"), ("user/u4/E1", "user/u4"), ("run/users", ""), ("user", "")],
)
def test_records_lead_to_pages(record: str, page: str) -> None:
    assert leads_to(record) == page


def test_a_streamed_sentence_loses_the_ids_at_its_end() -> None:
    assert bare("So [much] it is. [segment/s1/S1][run/users]") == "So [much] it is."


@pytest.mark.parametrize("title", HOSTILE)
def test_templates_show_titles_as_text(title: str) -> None:
    html = Page().draw("writing", sentences=[title])
    assert "<script" not in html
    assert "<img" not in html
    assert "<b " not in html


def test_every_string_that_a_template_names_is_there() -> None:
    words = strings()
    for template in (files("agent.ui") / "page").iterdir():
        if template.name.endswith(".html"):
            Page()._environment.get_template(template.name)
    assert all(text for section in words.values() for text in section.values())


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    for name in [*(f"{one}.css" for one in STYLES), *(f"{one}.js" for one in SCRIPTS)]:
        text = text_of(name).replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text, name
        assert "https:" not in text, name
