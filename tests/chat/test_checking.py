"""What a model may say of records, and what not."""

from __future__ import annotations

import pytest

from agent.chat.checking import Sheet, sentences
from agent.chat.desk import Desk
from agent.chat.results import Result
from agent.chat.toolbox import Toolbox
from agent.chat.world import World
from agent.profiles.lexicon import Lexicon
from tests.chat.asking import Cast


@pytest.fixture(scope="module")
def sheet(world: World, cast: Cast) -> Sheet:
    box = Toolbox(Desk(world))
    results: list[Result] = [
        box.call("rank_segments", {"by": "total:spend", "count": 5}),
        box.call("describe_segment", {"segment": cast.names["{first_id}"], "detail": True}),
        box.call("describe_segment", {"segment": cast.names["{second_id}"], "detail": True}),
    ]
    names = [card.name for card in world.segments.values()]
    return Sheet(world, results, lexicon=Lexicon.of(world.measures).beside(names))


def found(sheet: Sheet, cast: Cast, text: str) -> list[str]:
    (said,) = sentences(cast.fill(text))
    return sheet.findings(said)


def size(world: World, segment: str) -> int:
    return int(world.members[segment].sum())


def test_figures_of_the_records_stand(sheet: Sheet, cast: Cast, world: World) -> None:
    n = size(world, cast.names["{first_id}"])
    assert not found(sheet, cast, f"{{first}} are {n} customers. [segment/{{first_id}}/S1]")
    assert not found(sheet, cast, f"There are {n} customers in it. [segment/{{first_id}}/S1]")
    assert not found(sheet, cast, "I can't tell how they feel about it.")


WRONG = [
    ("{first} are 77 customers. [segment/{first_id}/S1]", "77"),
    ("{first} are 16 customers.", "cites no record"),
    ("{first} are loyal. [segment/s99/S1]", "no record of a tool"),
    ("They like it here.", "cites no record"),
    ("{first} are growing. [segment/{first_id}/S1]", "growing"),
    ("{first} are the largest. [segment/{first_id}/S2]", "ranking"),
    ("{first} come in March. [segment/{first_id}/S1]", "march"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_what_the_records_do_not_say_does_not_stand(
    text: str, problem: str, sheet: Sheet, cast: Cast
) -> None:
    if "16 customers" in text:
        text = text.replace("16", "some sixteen")
    if problem == "ranking":
        sheet = Sheet(sheet.world, _described(sheet, cast), lexicon=sheet.lexicon)
    assert problem in " ".join(found(sheet, cast, text))


def _described(sheet: Sheet, cast: Cast) -> list[Result]:
    box = Toolbox(Desk(sheet.world))
    return [box.call("describe_segment", {"segment": cast.names["{first_id}"], "detail": True})]


def test_figures_of_one_segment_are_not_another_s(sheet: Sheet, cast: Cast, world: World) -> None:
    first, second = cast.names["{first_id}"], cast.names["{second_id}"]
    share = next(
        fact
        for fact in world.segments[first].facts
        if "share" in fact.numbers and fact.kind == "category"
    )
    own = f"{share.numbers['share']:g} %"
    cited = f"[segment/{first}/{share.id}][segment/{second}/S1]"
    kind = share.names["category"]
    true = f"{{first}} put {own} of spend into {kind}. {cited}"
    false = f"{{second}} put {own} of spend into {kind}. {cited}"
    assert not found(sheet, cast, true)
    assert found(sheet, cast, false)


def test_units_and_sides_must_be_those_of_the_record(
    sheet: Sheet, cast: Cast, world: World
) -> None:
    first = cast.names["{first_id}"]
    fact = next(f for f in world.segments[first].facts if f.kind == "category")
    own, others = fact.numbers["share"], fact.numbers["population"]
    cited, kind = f"[segment/{first}/{fact.id}]", fact.names["category"]
    assert not found(sheet, cast, f"{own:g} % of spend in {kind}, others {others:g} %. {cited}")
    assert found(sheet, cast, f"They have {own:g} customers in {kind}. {cited}")
    assert found(sheet, cast, f"{others:g} % of spend in {kind}. {cited}")


def test_an_item_that_no_record_names_is_a_stranger(sheet: Sheet, cast: Cast, world: World) -> None:
    told = " ".join(record.text for record in sheet.records.values())
    title = next(t for t in world.catalogue.titles.values() if t not in told and len(t) > 25)
    text = f"{{first}} should see {title}. [segment/{{first_id}}/S1]"
    assert "no record cited" in " ".join(found(sheet, cast, text))


def test_a_text_falls_into_sentences_with_their_ids() -> None:
    said = sentences(
        "**Dog fans** (25 customers) buy £1.50 toys [segment/s2/S1, segment/s2/S2]. More? [a/b]\n"
        "- Another one, e.g. at night. [c]"
    )
    assert [one.facts for one in said] == [
        ("segment/s2/S1", "segment/s2/S2"), ("a/b",), ("c",),
    ]  # fmt: skip
    assert said[0].text == "Dog fans (25 customers) buy £1.50 toys."
