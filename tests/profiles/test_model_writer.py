"""A model's profile: what it is shown, what is taken from its answer, what if it balks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult

from agent.errors import RefusedError
from agent.models.asking import LanguageModel
from agent.models.grounding import free_words
from agent.models.scripted import ERRORS, Answering, ScriptedModel
from agent.profiles.extractive import evidence_hash, interests
from agent.profiles.grammar import profile_constraint
from agent.profiles.lexicon import Lexicon
from agent.profiles.model_writer import (
    MAX_TOKENS,
    OVERRULED,
    ModelWriter,
    marker_beside,
    meant,
    profile_messages,
    read_answer,
    told_once,
)
from agent.profiles.phrases import told
from agent.profiles.verifier import verify_profile
from agent.profiles.writer import Tally, write_profiles
from agent.prompting import prompt_hash, prompt_source
from agent.records import Evidence, Fact, Sentence
from tests.profiles.facts import CATEGORIES, FILMS, SHOP, TITLES, any_evidence
from tests.profiles.hostile import HOSTILE_TITLES
from tests.profiles.sampling import accepts, answers

NAMES = (*TITLES["purchases"], *CATEGORIES["purchases"])
LEXICON = Lexicon(TITLES["purchases"], CATEGORIES["purchases"], SHOP)
SHOPPERS = [any_evidence(4 * user)[0] for user in range(12)]
GOOD = {
    "headline": "a buyer of things.",
    "sentences": [
        {"facts": ["E1", "E2", "E1"], "text": "buys  this\u200b and that"},
        {"facts": ["E3"], "text": "Comes often."},
    ],
}


def writer(reply: Answering | object) -> ModelWriter:
    """A writer whose model answers with `reply`: JSON, or a function of the request."""
    answering = reply if callable(reply) else lambda messages, options: json.dumps(reply)
    model = LanguageModel.over(ScriptedModel(replies=answering), name="scripted:test")
    return ModelWriter(model, NAMES)


def test_an_answer_becomes_a_profile() -> None:
    profile = writer(GOOD).write(SHOPPERS[0], SHOP, seed=0)
    assert profile.headline == "A buyer of things"
    assert [(s.text, s.facts) for s in profile.sentences] == [
        ("Buys this and that.", ("E1", "E2")),
        ("Comes often.", ("E3",)),
    ]
    assert profile.writer == "scripted:test"
    assert profile.prompt_hash == prompt_hash("profile")
    assert profile.evidence_hash == evidence_hash(SHOPPERS[0])
    assert profile.facts == SHOPPERS[0].facts
    assert profile.interests == interests(SHOPPERS[0].facts)
    assert profile.verification.sentences == 2


THREE = json.dumps(
    {
        "headline": "a buyer",
        "sentences": [
            {"facts": ["E1"], "text": 'Buys "{\\"facts\\":["'},
            {"facts": ["E2"], "text": "Comes often."},
            {"facts": ["E3"], "text": "Pays well."},
        ],
    },
    separators=(",", ":"),
)


@pytest.mark.parametrize(
    ("overruled", "left"),
    [
        ((), ["E1", "E2", "E3"]),
        (("Buys",), ["E2", "E3"]),
        (("often",), ["E1", "E3"]),
        (("well",), ["E1", "E2"]),
        (("Buys", "well"), ["E2"]),
        (("Buys", "often", "well"), []),
    ],
)
def test_a_sentence_in_which_the_grammar_overruled_is_left_out(
    overruled: tuple[str, ...], left: list[str]
) -> None:
    kept = json.loads(meant(THREE, [THREE.index(word) for word in overruled]))
    assert [part["facts"][0] for part in kept["sentences"]] == left
    assert kept["headline"] == "a buyer"


def test_too_little_of_its_own_is_refused_under_a_reason() -> None:
    with pytest.raises(RefusedError, match=f"{OVERRULED}: in the headline"):
        meant(THREE, [THREE.index("buyer")])
    model = LanguageModel.over(Overruled(replies=lambda *_: THREE), name="scripted:test")
    with pytest.raises(RefusedError, match=f"{OVERRULED}: too few"):
        ModelWriter(model, NAMES).write(SHOPPERS[0], SHOP, seed=0)


def test_facts_are_told_once() -> None:
    said = [
        Sentence(text="12 orders, and bunting above all.", facts=("E1", "E2")),
        Sentence(text="12 orders in all.", facts=("E1",)),
        Sentence(text="Every 9 days.", facts=("E1", "E3")),
        Sentence(text="Too little to tell a taste.", facts=("E1",)),
    ]
    assert told_once(said) == (said[0], said[2], said[3])


class Overruled(ScriptedModel):
    """A scripted model that says of itself where it was overruled, as the bundled one does."""

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        said = super()._generate(*args, **kwargs)
        places = [THREE.index("Buys"), THREE.index("often")]
        said.generations[0].message.response_metadata["overruled"] = places
        return said


@pytest.mark.parametrize(
    "answer",
    [
        "[]",
        "null",
        '{"headline": "x"}',
        '{"headline": "x", "sentences": []}',
        '{"headline": "", "sentences": [{"facts": ["E1"], "text": "Buys."}]}',
        '{"headline": 7, "sentences": [{"facts": ["E1"], "text": "Buys."}]}',
        '{"headline": "x", "sentences": {"facts": ["E1"], "text": "Buys."}}',
        '{"headline": "x", "sentences": [{"facts": [], "text": "Buys."}, {"text": "Buys."}]}',
        '{"headline": "x", "sentences": [{"facts": "E1", "text": "Buys."}, 3, null]}',
        '{"headline": "x", "sentences": [{"facts": ["E1"], "text": "\\u200b \\n"}]}',
        '{"headline": "x", "sentences": [{"facts": ["E1"], "text": "Bu',
        "[" * 100_000,
    ],
)
def test_an_answer_of_another_form_is_refused(answer: str) -> None:
    with pytest.raises(RefusedError, match=r"^answer is not the JSON asked for: "):
        read_answer(answer)


def test_what_is_malformed_or_said_twice_is_left_out_of_an_answer() -> None:
    told_again = {"facts": ["E2"], "text": "comes often."}
    parts = [*GOOD["sentences"], None, told_again, {"facts": [1], "text": "No."}]
    _, sentences = read_answer(json.dumps({"headline": "x", "sentences": parts}))
    assert [sentence.text for sentence in sentences] == ["Buys this and that.", "Comes often."]
    many = [{"facts": ["E1"], "text": f"Says {at}."} for at in range(9)]
    assert len(read_answer(json.dumps({"headline": "x", "sentences": many}))[1]) == 5


def test_facts_are_dropped_from_the_least_distinguishing_end_until_the_prompt_fits() -> None:
    asked: list[list[str]] = []

    def small(messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> str:
        ids = re.findall(r'^\{"id":"(E\d+)"', str(messages[-1].content), re.M)
        asked.append(ids)
        schema = options["schema"]["properties"]["sentences"]["items"]["properties"]
        assert schema["facts"]["items"]["enum"] == ids
        assert ('"E9"' in options["grammar"].replace("\\", "")) == ("E9" in ids)
        if len(ids) > 6:
            kind, said = ERRORS["413"]
            raise kind(said)
        return json.dumps(GOOD)

    evidence = next(one for one in SHOPPERS if len(one.facts) > 9)
    profile = writer(small).write(evidence, SHOP, seed=0)
    every = [fact.id for fact in evidence.facts]
    assert asked[0] == every
    assert all(ids == every[: len(ids)] for ids in asked)
    assert [len(ids) for ids in asked] == sorted({len(ids) for ids in asked}, reverse=True)
    assert 3 <= len(asked[-1]) <= 6
    assert profile.facts == evidence.facts, "the profile keeps what the prompt had no room for"


def test_a_model_for_which_three_facts_are_too_long_is_given_up() -> None:
    asked: list[int] = []

    def tiny(messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> str:
        asked.append(str(messages[-1].content).count('{"id"'))
        kind, said = ERRORS["413"]
        raise kind(said)

    evidence = next(one for one in SHOPPERS if len(one.facts) > 9)
    with pytest.raises(RefusedError, match="too long"):
        writer(tiny).write(evidence, SHOP, seed=0)
    assert asked[-1] == 3


def test_any_other_refusal_is_not_tried_with_fewer_facts() -> None:
    asked: list[int] = []

    def cut(messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> AIMessage:
        asked.append(options["max_tokens"])
        return AIMessage('{"headline":"x', response_metadata={"finish_reason": "length"})

    with pytest.raises(RefusedError, match="cut off"):
        writer(cut).write(SHOPPERS[0], SHOP, seed=0)
    assert asked == [MAX_TOKENS]


def test_a_model_without_sense_writes_verified_profiles_under_the_grammar() -> None:
    def senseless(messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> str:
        return next(answers(options["grammar"], 1, seed=options["seed"]))

    tally = Tally()
    profiles = list(
        write_profiles(SHOPPERS, SHOP, LEXICON, writer=writer(senseless), seed=0, tally=tally)
    )
    assert tally.writers == {"scripted:test": len(SHOPPERS)}
    assert tally.replaced == 0
    for profile, evidence in zip(profiles, SHOPPERS, strict=True):
        assert verify_profile(profile, evidence, LEXICON) == []


# --- the prompt ----------------------------------------------------------------------------------


def with_names(*names: str) -> Evidence:
    facts = [
        Fact(
            id=f"E{at}", kind="items", text=f"most often: {name} (in 3 orders)",
            numbers={"count1": 3}, names={"item1": name},
        )
        for at, name in enumerate(names, 1)
    ]  # fmt: skip
    return Evidence(user_id="u1", facts=tuple(facts))


def test_the_facts_stand_as_json_between_two_markers_in_the_users_message() -> None:
    for evidence in (*SHOPPERS, with_names(*HOSTILE_TITLES)):
        system, user = profile_messages(evidence.facts)
        assert (system.type, user.type) == ("system", "human")
        lines = str(user.content).split("\n")
        marker = lines[1]
        assert lines[0].endswith(marker)
        assert [at for at, line in enumerate(lines) if line == marker] == [1, len(lines) - 2]
        data = [json.loads(line) for line in lines[2:-2]]
        assert data == [{"id": fact.id, "fact": told(fact)} for fact in evidence.facts]
        assert marker not in "\n".join(lines[2:-2])


def test_what_strangers_typed_never_reaches_the_systems_message() -> None:
    plain, hostile = (profile_messages(with_names(*names).facts) for names in (["a"], ["{{ x }}"]))
    assert plain[0].content == hostile[0].content
    assert "{{ x }}" in str(hostile[1].content)
    assert "=" * 20 not in str(plain[0].content) + str(plain[1].content)


def test_a_marker_is_never_part_of_its_data() -> None:
    lines: list[str] = []
    for _ in range(4):
        lines.append(marker_beside(lines))
        assert marker_beside(lines) not in "\n".join(lines)
    assert marker_beside(["a"]) == marker_beside(["a"])


def test_the_prompt_and_its_answer_fit_into_a_small_model() -> None:
    def tokens(facts: Sequence[Fact]) -> float:
        # 2.5 characters a token is what a vocabulary of 2,048 makes of this prompt.
        messages = profile_messages(facts)
        return sum(len(str(message.content)) for message in messages) / 2.5 + MAX_TOKENS

    for evidence in SHOPPERS:
        assert tokens(evidence.facts) < 3_000
        assert tokens(evidence.facts[:3]) < 2_048


EXAMPLES = (
    (
        SHOP,
        (
            Fact(
                id="E1", kind="category",
                text="party goods 72 % of spend, 210 lines "
                "(population: 6 %, about 10 times as much)",
                numbers={"share": 72, "population": 6, "count": 210, "lift": 10},
                names={"category": "party goods"},
            ),
            Fact(
                id="E2", kind="quantity", text="48 pieces a line on the median (population: 6)",
                numbers={"median": 48, "population": 6},
            ),
            Fact(
                id="E3", kind="cadence",
                text="an order every 9 days on the median (population: 29)",
                numbers={"median_gap_days": 9, "population": 29},
            ),
            Fact(
                id="E4", kind="items",
                text="most often: PAPER BUNTING RETROSPOT (in 31 orders), "
                "WOODEN HAPPY BIRTHDAY GARLAND (28)",
                numbers={"count1": 31, "count2": 28},
                names={
                    "item1": "PAPER BUNTING RETROSPOT", "item2": "WOODEN HAPPY BIRTHDAY GARLAND",
                },
            ),
            Fact(
                id="E5", kind="trend",
                text="spend falling: £4,600 a month until 2011-06-12, £2,100 a month after",
                numbers={"before": 4600, "after": 2100},
                names={"middle": "2011-06-12", "of": "spend"}, direction="falling",
            ),
        ),
    ),
    (
        FILMS,
        (
            Fact(
                id="E1", kind="opinion",
                text="rates Film-Noir 4.1 on average over 12, above their own 2.4",
                numbers={"mean": 4.1, "own": 2.4, "count": 12},
                names={"category": "Film-Noir", "side": "above"},
            ),
            Fact(
                id="E2", kind="rating", text="average rating 2.4 over 200 (population: 3.7)",
                numbers={"mean": 2.4, "population": 3.7, "count": 200}, names={"side": "below"},
            ),
            Fact(
                id="E3", kind="recency",
                text="nothing since 1996-11-07; the log runs to 2018-09-24",
                names={"last": "1996-11-07", "end": "2018-09-24"},
            ),
            Fact(
                id="E4", kind="totals", text="200 ratings on 1996-11-07",
                numbers={"events": 200}, names={"first": "1996-11-07"},
            ),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("at", [0, 1])
def test_the_prompts_examples_are_what_the_grammar_and_the_verifier_take(at: int) -> None:
    vocabulary, facts = EXAMPLES[at]
    lines = prompt_source("profile").splitlines()
    start = [n for n, line in enumerate(lines) if line == "Example of facts:"][at] + 1
    shown = lines[start : lines.index("Answer:", start)]
    assert [json.loads(line) for line in shown] == [
        {"id": fact.id, "fact": told(fact)} for fact in facts
    ]
    answer = lines[start + len(shown) + 1]
    names = (*TITLES["purchases"], *TITLES["ratings"])
    constraint = profile_constraint(facts, vocabulary, free_words(names))
    assert accepts(constraint.grammar, answer)
    profile = ModelWriter(
        LanguageModel.over(
            ScriptedModel(replies=lambda messages, options: answer), name="scripted:example"
        ),
        names,
    ).write(Evidence(user_id="u", facts=facts), vocabulary, seed=0)
    lexicon = Lexicon(names, CATEGORIES[vocabulary.domain], vocabulary)
    assert verify_profile(profile, Evidence(user_id="u", facts=facts), lexicon) == []
    assert len(profile.headline.split()) <= 12
