"""What the bundled model learns from is true, is what the product asks, and what it may answer."""

from __future__ import annotations

import json
import random
from itertools import islice

import pytest

from agent.gpt.corpus import english, examples
from agent.gpt.corpus.labels import families_in, label_example
from agent.gpt.corpus.measure import coverage, form_of, sentences_of, variety
from agent.gpt.corpus.profiles import Drill, drill_example, profile_example
from agent.gpt.corpus.rationales import cases_in, rationale_example
from agent.gpt.corpus.worlds import World, make_world
from agent.gpt.shards import DRILLS
from agent.profiles.grammar import profile_constraint
from agent.profiles.headlines import MOST_WORDS
from agent.profiles.model_writer import one_line, read_answer
from agent.profiles.phrases import told
from agent.profiles.telling import finish
from agent.profiles.verifier import FactSheet
from agent.recommend.model_rationale import rationale_constraint, read_rationale
from agent.recommend.rationale import check
from agent.segments.label_grammar import label_constraint
from tests.profiles.sampling import accepts

MOST_REJECTED = 0.03
"""Share of drafts that may fail verification; more would say that the frames are wrong."""


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [make_world(seed) for seed in (7, 8)]


def test_the_same_seed_gives_the_same_text() -> None:
    first = list(islice(examples("profile", seed=3), 4))
    assert first == list(islice(examples("profile", seed=3), 4))
    assert first != list(islice(examples("profile", seed=4), 4))


def test_there_is_no_other_task() -> None:
    with pytest.raises(ValueError, match="no task"):
        next(examples("poem", seed=0))  # type: ignore[arg-type]


def test_profiles_stand_up_to_verification(worlds: list[World]) -> None:
    rng = random.Random(1)
    tried = [profile_example(e, world, rng) for world in worlds for e in world.evidence]
    rejected = sum(bool(found) for _, found in tried) / len(tried)
    assert rejected <= MOST_REJECTED, f"{rejected:.1%} rejected"
    for example, _ in tried:
        headline, sentences = read_answer(example.answer)
        assert len(headline.split()) <= MOST_WORDS
        assert all(f"{fact} " in example.user for one in sentences for fact in one.facts)


def test_the_grammar_lets_the_profiles_through(worlds: list[World]) -> None:
    rng = random.Random(2)
    passed = total = 0
    for world in worlds:
        for evidence in rng.sample(world.evidence, 10):
            example, found = profile_example(evidence, world, rng)
            if not found:
                grammar = profile_constraint(evidence.facts, world.vocabulary, world.words).grammar
                passed += accepts(grammar, example.answer)
                total += 1
    assert passed >= 0.9 * total > 10, f"{passed} of {total}"


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_drills_are_true_and_tell_what_they_show(worlds: list[World], drill: Drill) -> None:
    rng = random.Random(5)
    own_ids = told_all = made = 0
    for world in worlds:
        for evidence in rng.sample(world.evidence, 25):
            example = drill_example(evidence, world, rng, drill)
            if example is None:
                continue
            lines = example.user.strip().split("\n")
            texts = {line.partition(" ")[2]: line.partition(" ")[0] for line in lines}
            by_text = {one_line(told(fact)): fact for fact in evidence.facts}
            shown = [by_text[text].model_copy(update={"id": at}) for text, at in texts.items()]
            assert min(drill.facts[0], len(evidence.facts)) <= len(shown) <= drill.facts[1]
            sheet = FactSheet(evidence.model_copy(update={"facts": tuple(shown)}), world.lexicon)
            answer = json.loads(example.answer)
            for one in answer["sentences"]:
                assert sheet.check(finish(one["text"]), one["facts"]) == []
            cited = {at for one in answer["sentences"] for at in one["facts"]}
            told_all += cited == {*texts.values()}
            own_ids += [*texts.values()] != [f"E{n}" for n in range(1, len(shown) + 1)]
            made += 1
    assert made > 30
    assert told_all > 0.8 * made
    assert made / 5 < own_ids < made


def test_labels_hold_and_are_let_through(worlds: list[World]) -> None:
    rng = random.Random(3)
    made = 0
    for world in worlds:
        for family in families_in(world, rng)[:4]:
            example, found = label_example(family, world, rng)
            assert found == []
            assert accepts(label_constraint(family, world.words).grammar, example.answer)
            subject = family.subjects[0]
            assert json.loads(example.answer)[subject.id]["name"] == subject.names[0].text
            made += 1
    assert made >= 4


def test_rationales_hold_and_are_let_through(worlds: list[World]) -> None:
    rng = random.Random(4)
    segments = [("s1", "Weekly restockers"), ("s2", "Gift buyers")]
    for world in worlds:
        for case in list(cases_in(world, segments, rng))[:8]:
            example, found = rationale_example(case, world, rng)
            assert found == [], example.answer
            constraint = rationale_constraint(case, world.words)
            assert accepts(constraint.grammar, example.answer), example.answer
            said = read_rationale(example.answer, case)
            assert 1 <= len(said) <= 2
            assert not any(check(one, case, world.lexicon) for one in said)


def test_titles_that_give_orders_are_copied_or_passed_over() -> None:
    world = make_world(7)
    titles = set(world.measures.catalogue["title"].to_list())
    example, _ = profile_example(world.evidence[0], world, random.Random(0))
    assert "\n\n" not in example.user
    assert len(titles) > 20


def test_measures_tell_repetition_from_variety(worlds: list[World]) -> None:
    same = variety(["Takes 4 mugs.", "Takes 9 mugs."], ["mugs"])
    other = variety(["Takes 4 mugs.", "Comes on Mondays."], ["mugs"])
    assert same.identical == 1.0
    assert other.identical == 0.0
    again = variety(["Comes on Mondays."] * 2, ["mugs"])
    assert other.distinct_2 > again.distinct_2
    evidence = worlds[0].evidence
    assert coverage(evidence, evidence).covered == 1.0
    assert form_of(evidence[0].facts[0]).startswith(f"{evidence[0].facts[0].kind}: ")
    assert sentences_of('{"sentences":[{"facts":["E1"],"text":"Hm."}]}') == ["Hm."]


def test_no_kind_is_told_in_words_of_titles_where_others_will_do() -> None:
    for table in (english.STATE, english.TOGETHER):
        for frames in table.values():
            assert frames
            assert not any(english.words_of(frame) & {"loved", "spot", "fan"} for frame in frames)
