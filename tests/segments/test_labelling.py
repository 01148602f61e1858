from __future__ import annotations

import re
from dataclasses import replace

import pytest

from agent.behaviour.measures import Measures
from agent.records import Label, Segment
from agent.segments.labelling import EVERYONE, EXEMPLARS, label_segments
from agent.settings import LabelSettings
from tests.segments.labelled import PARENTS
from tests.segments.populations import population, shop


def label(
    measures: Measures,
    assignment: dict[str, str | None],
    *,
    min_group: int = 5,
    parents: dict[str, str | None] | None = None,
    probabilities: dict[str, float] | None = None,
) -> tuple[list[Segment], list[Label]]:
    return label_segments(
        measures,
        assignment,
        PARENTS if parents is None else parents,
        probabilities=probabilities or {},
        settings=LabelSettings(min_group=min_group),
        seed=0,
    )


@pytest.fixture(scope="module")
def labelled() -> tuple[list[Segment], list[Label]]:
    return label(*shop())


def test_parents_come_first_and_sizes_add_up(labelled: tuple[list[Segment], list[Label]]) -> None:
    segments, labels = labelled
    assert [(s.id, s.level, s.parent, s.size) for s in segments] == [
        ("day", 0, None, 120),
        ("bakers", 1, "day", 60),
        ("hosts", 1, "day", 60),
        ("readers", 1, None, 60),
    ]
    assert [found.segment for found in labels] == [s.id for s in segments]
    assert segments[1].share == pytest.approx(60 / 220, abs=1e-6)


def test_every_sentence_cites_facts_that_exist(
    labelled: tuple[list[Segment], list[Label]],
) -> None:
    for segment, found in zip(*labelled, strict=True):
        ids = [fact.id for fact in segment.facts]
        assert ids == [f"S{i + 1}" for i in range(len(ids))]
        assert found.why
        for sentence in found.why:
            assert set(sentence.facts) <= set(ids)


def test_numbers_of_a_sentence_stand_in_the_facts_it_cites(
    labelled: tuple[list[Segment], list[Label]],
) -> None:
    checked = 0
    for segment, found in zip(*labelled, strict=True):
        facts = {fact.id: fact for fact in segment.facts}
        for sentence in found.why:
            cited = " ".join(facts[i].text for i in sentence.facts)
            for figure in re.findall(r"\d[\d,.]*\d|\d", sentence.text):
                assert figure in re.findall(r"\d[\d,.]*\d|\d", cited), sentence
                checked += 1
    assert checked > 10


def test_what_a_name_and_a_rule_rest_on_is_among_the_facts(
    labelled: tuple[list[Segment], list[Label]],
) -> None:
    for segment, found in zip(*labelled, strict=True):
        told = {fact.names.get("category") for fact in segment.facts}
        for predicate in found.rule:
            if predicate.feature.startswith("category:"):
                assert predicate.feature[9:] in told


def test_siblings_are_contrasted_by_name(labelled: tuple[list[Segment], list[Label]]) -> None:
    segments, labels = labelled
    leaves = {s.id for s in segments if s.level == 1}
    names = {found.segment: found.name for found in labels if found.segment in leaves}
    for segment, name in names.items():
        why = " ".join(s.text for s in next(x for x in labels if x.segment == segment).why)
        assert any(other in why for s, other in names.items() if s != segment), why
        assert name not in why


def test_rules_of_clear_segments_hold_up(labelled: tuple[list[Segment], list[Label]]) -> None:
    for segment, found in zip(*labelled, strict=True):
        assert 1 <= len(found.rule) <= 3
        assert found.precision is not None
        assert found.recall is not None
        if segment.level:
            assert min(found.precision, found.recall) >= 0.75, found


def test_the_same_users_in_another_order_get_the_same_labels(
    labelled: tuple[list[Segment], list[Label]],
) -> None:
    measures, assignment = shop()
    mixed = replace(
        measures,
        categories=measures.categories.reverse(),
        items=measures.items.reverse(),
        catalogue=measures.catalogue.reverse(),
    )
    assert label(mixed, dict(reversed(assignment.items()))) == labelled


def test_exemplars_are_the_firmest_members() -> None:
    measures, assignment = shop()
    bakers = sorted(u for u, kind in assignment.items() if kind == "bakers")
    firm = dict.fromkeys(bakers, 0.5) | {bakers[-1]: 1.0}
    segments, _ = label(measures, assignment, probabilities=firm)
    found = next(s for s in segments if s.id == "bakers").exemplars
    assert found[0] == bakers[-1]
    assert len(found) == EXEMPLARS


def test_nothing_is_said_about_fewer_than_min_group() -> None:
    measures, assignment = shop()
    few = [u for u, kind in assignment.items() if kind is None][:6]
    assignment |= dict.fromkeys(few, "tiny")
    kept, _ = label(measures, assignment, min_group=6)
    assert "tiny" in {s.id for s in kept}
    segments, labels = label(measures, assignment, min_group=7)
    said = repr(segments) + repr(labels)
    assert "tiny" not in said
    assert not any(user in said for user in few)


def test_one_segment_is_everyone() -> None:
    measures, assignment = shop()
    segments, labels = label(measures, dict.fromkeys(assignment, "s1"), parents={"s1": None})
    assert [(s.id, s.size, s.share) for s in segments] == [("s1", 220, 1.0)]
    assert labels[0].name == EVERYONE
    assert labels[0].rule == ()
    assert labels[0].precision is None


def test_no_segments_give_no_labels() -> None:
    measures, assignment = shop()
    assert label(measures, dict.fromkeys(assignment)) == ([], [])


def test_a_place_names_those_who_live_there() -> None:
    rows = {f"u{i:03d}": {"visits": float(1 + i % 4)} for i in range(90)}
    declared = {u: {"country": "Iceland" if i < 30 else "France"} for i, u in enumerate(rows)}
    assignment: dict[str, str | None] = {
        u: "north" if i < 30 else "south" for i, u in enumerate(rows)
    }
    _, labels = label(population(rows, declared=declared), assignment, parents={})
    found = {x.segment: x for x in labels}
    assert found["north"].name.startswith("Iceland-based")
    assert found["north"].rule[0].text == "country: Iceland"
    assert found["north"].description.startswith("Customers who are based in Iceland")
