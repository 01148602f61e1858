"""Under the grammar no model can say a name or a figure that the facts it cites do not hold."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import cache
from itertools import combinations

import pytest

from agent.models.grounding import free_words
from agent.profiles.grammar import citable, profile_constraint, sentence_bounds
from agent.profiles.headlines import MOST_WORDS
from agent.profiles.lexicon import Lexicon
from agent.profiles.names import needs_quotes, shown, written
from agent.profiles.phrases import figure_phrases, name_phrases, told
from agent.profiles.verifier import FactSheet, verify_sentence
from agent.records import Evidence, Fact, Vocabulary
from tests.profiles.facts import CATEGORIES, TITLES, VOCABULARIES, any_evidence
from tests.profiles.hostile import HOSTILE_TITLES
from tests.profiles.sampling import accepts, answers

USERS = 60
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def hostile_evidence(user: int) -> tuple[Evidence, Vocabulary]:
    """Evidence whose items, categories, people, words and values are all hostile."""
    evidence, vocabulary = any_evidence(user)
    rng = random.Random(user)
    facts = []
    for fact in evidence.facts:
        names, text = dict(fact.names), fact.text
        for role, name in fact.names.items():
            if role[:4] in ("item", "cate", "word", "pers", "valu", "chan"):
                names[role] = rng.choice(HOSTILE_TITLES)
                text = text.replace(name, names[role], 1)
        facts.append(fact.model_copy(update={"names": names, "text": text}))
    return evidence.model_copy(update={"facts": tuple(facts)}), vocabulary


def catalogue(vocabulary: Vocabulary) -> list[str]:
    return [*TITLES[vocabulary.domain], *CATEGORIES[vocabulary.domain], *HOSTILE_TITLES]


def grammar_of(evidence: Evidence, vocabulary: Vocabulary) -> str:
    words = free_words(catalogue(vocabulary))
    return profile_constraint(evidence.facts, vocabulary, words).grammar


def without_names(text: str, facts: list[Fact]) -> str:
    """`text` in lower case with what its facts name cut out of it, the longest names first."""
    names = {shown(name).casefold() for fact in facts for name in fact.names.values()}
    text = text.casefold()
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def figures_of(facts: list[Fact]) -> set[str]:
    """Every number that the facts' texts, dates and names hold, as it is printed."""
    printed = [part for fact in facts for part in (fact.text, told(fact), *fact.names.values())]
    return {figure for part in printed for figure in DIGITS.findall(part)}


@cache
def sampled(make: Callable[[int], tuple[Evidence, Vocabulary]], user: int) -> tuple[str, ...]:
    """Two answers that the grammar of one user's facts allows."""
    return tuple(answers(grammar_of(*make(user)), 2, seed=user))


@pytest.mark.parametrize("make", [any_evidence, hostile_evidence], ids=["plain", "hostile"])
def test_what_is_sampled_holds_only_figures_and_names_of_the_facts_it_cites(make) -> None:
    texts_seen = 0
    for user in range(USERS):
        evidence, vocabulary = make(user)
        known = {fact.id: fact for fact in evidence.facts}
        fewest, most = sentence_bounds(len(known))
        names = {shown(name).casefold() for name in catalogue(vocabulary)}
        # A name of ordinary words and figures is no mention unless quotation marks say so.
        own = {name if not needs_quotes(name) else f"“{name}”" for name in names}
        for answer in sampled(make, user):
            said = json.loads(answer)
            assert list(said) == ["headline", "sentences"]
            assert fewest <= len(said["sentences"]) <= most
            texts = [(said["headline"], [*known])]
            texts += [(one["text"], one["facts"]) for one in said["sentences"]]
            for text, ids in texts:
                facts = [known[i] for i in ids]
                assert {*DIGITS.findall(text)} <= figures_of(facts), text
                left = without_names(text, facts)
                assert not [
                    name for name in own if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left)
                ], text
                texts_seen += 1
    assert texts_seen > 400


@pytest.mark.parametrize("make", [any_evidence, hostile_evidence], ids=["plain", "hostile"])
def test_the_verifier_passes_what_is_sampled(make) -> None:
    sentences = passed = headlines = 0
    for user in range(USERS):
        evidence, vocabulary = make(user)
        domain = vocabulary.domain
        lexicon = Lexicon((*TITLES[domain], *HOSTILE_TITLES), CATEGORIES[domain], vocabulary)
        sheet = FactSheet(evidence, lexicon)
        for answer in sampled(make, user):
            said = json.loads(answer)
            headlines += not sheet.check_headline(said["headline"])
            assert len(said["headline"].split()) <= MOST_WORDS or make is hostile_evidence
            for one in said["sentences"]:
                sentences += 1
                passed += not sheet.check(one["text"], one["facts"])
    print(f"{passed} of {sentences} sentences, {headlines} of {2 * USERS} headlines")
    assert passed >= 0.99 * sentences
    assert headlines >= 0.99 * 2 * USERS


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: v.domain)
def test_each_phrase_is_true_of_its_fact(vocabulary) -> None:
    domain = vocabulary.domain
    lexicon = Lexicon(TITLES[domain], CATEGORIES[domain], vocabulary)
    phrases = 0
    for user in range(VOCABULARIES.index(vocabulary), 400, len(VOCABULARIES)):
        evidence, _ = any_evidence(user)
        for fact in evidence.facts:
            for phrase in (*figure_phrases(fact, vocabulary), *name_phrases(fact, vocabulary)):
                text = f"Comes with {phrase}, more or less."
                assert verify_sentence(text, [fact], lexicon) == [], fact.text
                phrases += 1
    assert phrases > 1_000


def test_a_fact_that_is_not_there_cannot_be_cited() -> None:
    evidence, vocabulary = any_evidence(0)
    grammar = grammar_of(evidence, vocabulary)
    answer = json.loads(next(answers(grammar, 1, seed=0)))
    assert accepts(grammar, compact(answer))
    for facts in (["E99"], [], ["E1", "E1"], ["E2", "E1"]):
        wrong = {**answer, "sentences": [{**answer["sentences"][0], "facts": facts}]}
        assert not accepts(grammar, compact(wrong)), facts
    assert not accepts(grammar, json.dumps(answer)), "only compact JSON"


def compact(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def test_a_figure_of_a_fact_that_is_not_cited_cannot_stand() -> None:
    facts = (
        Fact(
            id="E1", kind="category", text="bunting 31 % of spend, 40 lines (population: 2 %)",
            numbers={"share": 31, "population": 2, "count": 40}, names={"category": "bunting"},
        ),
        Fact(
            id="E2", kind="totals", text="12 orders (57 lines) from 2011-01-05 to 2011-10-31",
            numbers={"visits": 12, "events": 57},
            names={"first": "2011-01-05", "last": "2011-10-31"},
        ),
    )  # fmt: skip
    grammar = profile_constraint(facts, VOCABULARIES[0], free_words(["bunting", "lamps"])).grammar

    def is_sayable(text: str, *ids: str) -> bool:
        first = {"facts": list(ids), "text": text}
        second = {"facts": ["E2"], "text": "Came for 12 orders."}
        return accepts(grammar, compact({"headline": "Buys bunting", "sentences": [first, second]}))

    assert is_sayable("Gives bunting 31 % of spend against the usual 2 %.", "E1")
    assert is_sayable("Came for 12 orders, from 5 January 2011 to 31 October 2011.", "E2")
    assert not is_sayable("Gives bunting 32 % of spend.", "E1")
    assert not is_sayable("Gives bunting 31 % of spend.", "E2")
    assert not is_sayable("Came for 12 orders.", "E1")
    assert not is_sayable("Gives bunting thirty-one % of spend.", "E1")
    assert not is_sayable("Gives lamps 31 % of spend.", "E1")
    assert not is_sayable("Gives bunting 31 % of spend, and that is rising.", "E1")
    assert not is_sayable("Does not give bunting 31 % of spend.", "E1")
    assert not is_sayable("Gives bunting 31 % of spend", "E1"), "a sentence ends"


def test_facts_cited_together_are_near_and_related() -> None:
    for user in range(USERS):
        facts = any_evidence(user)[0].facts
        groups = citable(facts)
        assert len({*groups}) == len(groups)
        assert {(at,) for at in range(len(facts))} <= {*groups}
        pairs = {group for group in groups if len(group) == 2}
        for group in groups:
            assert list(group) == sorted({*group})
            assert len(group) <= 3
            kinds = {facts[at].kind for at in group}
            assert not ("trend" in kinds and kinds & {"category", "shift", "opinion"})
            assert all(b - a < 10 for a, b in combinations(group, 2) if group in pairs)


def test_a_single_fact_makes_a_single_sentence() -> None:
    fact = Fact(id="E1", kind="totals", text="3 lines", numbers={"events": 3})
    grammar = profile_constraint([fact], VOCABULARIES[0], free_words([])).grammar
    for answer in answers(grammar, 20, seed=1):
        assert len(json.loads(answer)["sentences"]) == 1


def test_the_grammar_stays_small_and_its_schema_is_its_form() -> None:
    for user in range(USERS):
        evidence, vocabulary = any_evidence(user)
        constraint = profile_constraint(evidence.facts, vocabulary, free_words([]))
        assert len(constraint.grammar) < 40_000
        ids = constraint.schema["properties"]["sentences"]["items"]["properties"]["facts"]
        assert ids["items"]["enum"] == [fact.id for fact in evidence.facts]


def test_names_and_dates_are_told_as_they_may_be_written() -> None:
    for user in range(USERS):
        evidence, _ = any_evidence(user)
        for fact in evidence.facts:
            text = told(fact)
            assert not re.search(r"\d{4}-\d\d-\d\d", text)
            for role, name in fact.names.items():
                if role in ("item1", "category"):
                    assert written(name) in text
