"""Sentences about segments: what was written passes, what is false of the segment does not."""

from __future__ import annotations

import re

import pytest

from agent.profiles.lexicon import Lexicon
from agent.records import Fact, Predicate
from agent.segments.checking import LabelSheet
from tests.segments.labelled import Labelled, label_shop
from tests.segments.populations import SHOP

FACTS = (
    Fact(
        id="S1",
        kind="totals",
        text="112 customers, 11 % of all",
        numbers={"users": 112, "share": 11},
    ),
    Fact(
        id="S2",
        kind="category",
        text=(
            "61 % of spend in Party goods on average (others: 3 %; Mixed people: 14 %), "
            "at least 6 % for 92 % of members"
        ),
        numbers={"share": 61, "population": 3, "rival": 14, "share_at_least": 6, "covered": 92},
        names={"category": "Party goods", "rival": "Mixed people"},
    ),
    Fact(
        id="S3",
        kind="quantity",
        text=(
            "48 pieces a line on the median (others: 6; Evening book lovers: 2), "
            "more than 6 for 80 % of members"
        ),
        numbers={
            **{"median": 48, "population": 6, "rival": 2},
            **{"median_more_than": 6, "covered": 80},
        },
        names={"rival": "Evening book lovers"},
    ),
    Fact(
        id="S4",
        kind="cadence",
        text="7 days between orders on the median (others: 30), less than 30 for 40 % of members",
        numbers={
            **{"median_gap_days": 7, "population": 30},
            **{"median_gap_days_less_than": 30, "covered": 40},
        },
    ),
    Fact(
        id="S5",
        kind="attribute",
        text="56 % with country: Iceland (others: 4 %)",
        numbers={"share": 56, "population": 4},
        names={"attribute": "country", "value": "Iceland"},
    ),
    Fact(
        id="S6",
        kind="items",
        text="typical items: PAPER BUNTING (62 % of members, others 5 %)",
        numbers={"members1": 62, "others1": 5},
        names={"item1": "PAPER BUNTING"},
    ),
)
RULE = (
    Predicate(
        feature="category:Party goods", op=">=", value=0.4,
        text="at least 40 % of spend in Party goods",
    ),
    Predicate(
        feature="median_gap_days", op="<=", value=14.0, text="14 or fewer days between orders",
    ),
)  # fmt: skip
LEXICON = Lexicon(["PAPER BUNTING", "TEA TOWEL"], ["Party goods", "Baking"], SHOP)
SIBLINGS = ("Mixed people", "Evening book lovers", "Tea towel buyers")


@pytest.fixture(scope="module")
def sheet() -> LabelSheet:
    return LabelSheet(FACTS, RULE, LEXICON, siblings=SIBLINGS)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("112 customers, 11 % of all.", ("S1",)),
        ("They put 61 % of their spend into Party goods (others: 3 %).", ("S2",)),
        ("Unlike Mixed people, they put 61 % of their spend into Party goods (against 14 %).",
         ("S2",)),
        ("Unlike Mixed people (14 %), they put 61 % of spend into Party goods.", ("S2",)),
        ("92 % of members put at least 6 % of their spend into Party goods.", ("S2",)),
        ("Most of them put at least 6 % of their spend into Party goods.", ("S2",)),
        ("Evening book lovers take 2 pieces a line, they take 48.", ("S3",)),
        ("They take 48 pieces a line, against 2 among Evening book lovers and 6 among others.",
         ("S3",)),
        ("48 pieces a line is more than Evening book lovers take.", ("S3",)),
        ("They order every week, 48 pieces a line.", ("S3", "S4")),
        ("56 % of them are based in Iceland (others: 4 %).", ("S5",)),
        ("62 % of them bought paper bunting, against 5 % of others.", ("S6",)),
    ],
)  # fmt: skip
def test_true_sentences_pass(sheet: LabelSheet, text: str, cited: tuple[str, ...]) -> None:
    assert sheet.check(text, cited) == []


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("112 customers, 12 % of all.", ("S1",)),
        ("They put 3 % of their spend into Party goods (others: 61 %).", ("S2",)),
        ("They put 14 % of their spend into Party goods.", ("S2",)),
        ("They put 61 % of their spend into Party goods (others: 14 %).", ("S2",)),
        ("Unlike Mixed people, they put 61 % of their spend into Party goods (against 3 %).",
         ("S2",)),
        ("Unlike Tea towel buyers, they put 61 % of their spend into Party goods.", ("S2",)),
        ("Unlike Evening book lovers, they put 61 % of their spend into Party goods.", ("S2",)),
        ("Unlike mixed people, they put 61 % of their spend into Party goods (against 14 %).",
         ("S2",)),
        ("They put at least 6 % of their spend into Party goods.", ("S2",)),
        ("92 % of members put at most 6 % of their spend into Party goods.", ("S2",)),
        ("61 % of members bought Party goods.", ("S2",)),
        ("They put 92 % of their spend into Party goods.", ("S2",)),
        ("They put 61 % of their orders into Party goods.", ("S2",)),
        ("They put 61 % of their spend into Baking.", ("S2",)),
        ("They are evening people.", ("S3",)),
        ("Most of them leave less than 30 days between orders.", ("S4",)),
        ("Evening book lovers take 48 pieces a line, they take 2.", ("S3",)),
        ("They take 2 pieces a line, against 48 among Evening book lovers.", ("S3",)),
        ("They take 6 pieces a line, against 48 among other customers.", ("S3",)),
        ("Unlike Mixed people, they put 61 % of their spend into Party goods and take 48 pieces "
         "a line (Mixed people: 2).", ("S2", "S3")),
        ("48 pieces a line is less than Evening book lovers take.", ("S3",)),
        ("56 % of their spend is from Iceland.", ("S5",)),
        ("4 % of them are based in Iceland (others: 56 %).", ("S5",)),
        ("5 % of them bought paper bunting, against 62 % of others.", ("S6",)),
        ("62 % of others bought paper bunting.", ("S6",)),
        ("62 % of them bought tea towel, against 5 % of others.", ("S6",)),
        ("62 % of them bought paper bunting, against 5 % of others.", ("S1",)),
        ("62 % of them bought paper bunting, against 5 % of others.", ()),
        ("They put at least 40 % of their spend into Party goods.", ("R1",)),
    ],
)  # fmt: skip
def test_false_sentences_fail(sheet: LabelSheet, text: str, cited: tuple[str, ...]) -> None:
    assert sheet.check(text, cited)


@pytest.mark.parametrize(
    "text",
    [
        "Customers who put at least 40 % of their spend into Party goods.",
        "Customers who put 40 % or more of their spend into Party goods.",
        "Customers who put at least 40 % of their spend into Party goods and order every 14 days "
        "or sooner; typically bought paper bunting.",
        "Customers into Party goods; most of them take more than 6 pieces a line.",
    ],
)
def test_true_descriptions_pass(sheet: LabelSheet, text: str) -> None:
    assert sheet.check_description(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Customers who put at least 41 % of their spend into Party goods.",
        "Customers who put at most 40 % of their spend into Party goods.",
        "Customers who put at least 40 % of their spend into Baking.",
        "Customers who put more than 40 % of their spend into Party goods.",
        "Customers who put 40 % of their spend into Party goods.",
        "Customers who order every 14 days or later.",
        "Customers who leave at least 14 days between orders.",
        "Customers who take more than 6 pieces a line.",
        "Customers into Party goods; typically bought tea towel.",
        "Tea towel buyers who put at least 40 % of their spend into Party goods.",
    ],
)
def test_false_descriptions_fail(sheet: LabelSheet, text: str) -> None:
    assert sheet.check_description(text)


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    return label_shop()


def test_every_extractive_sentence_passes(labelled: Labelled) -> None:
    checked = 0
    for sheet, _, label in labelled.sheets():
        for sentence in label.why:
            assert sheet.check(sentence.text, sentence.facts) == [], sentence
            checked += 1
        assert sheet.check_description(label.description) == [], label.description
    assert checked >= 8


_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _masked(text: str, names: list[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), lambda m: "x" * len(m.group()), text, flags=re.IGNORECASE)
    return text


def test_another_number_fails(labelled: Labelled) -> None:
    changed = 0
    for sheet, segment, label in labelled.sheets():
        names = [n for f in segment.facts for n in f.names.values()] + labelled.names
        for text, cited in [*((s.text, s.facts) for s in label.why), (label.description, ())]:
            for spot in _FIGURE.finditer(_masked(text, names)):
                for by in (1.37, 11.37, 100.37):
                    value = float(spot.group().replace(",", "")) + by
                    other = f"{text[: spot.start()]}{value:,.2f}{text[spot.end() :]}"
                    found = sheet.check(other, cited) if cited else sheet.check_description(other)
                    assert found, other
                    changed += 1
    assert changed > 60


_PAIR = re.compile(r"(\d[\d,.]*(?: %)?)([^()]*?\((?:against|others:) £?)(\d[\d,.]*(?: %)?)\)")


def test_the_two_sides_of_a_comparison_cannot_be_swapped(labelled: Labelled) -> None:
    swapped = 0
    for sheet, _, label in labelled.sheets():
        for sentence in label.why:
            for pair in _PAIR.finditer(sentence.text):
                own, between, theirs = pair.groups()
                if own == theirs:
                    continue
                head, tail = sentence.text[: pair.start()], sentence.text[pair.end() :]
                for told in ((theirs, own), (own, own), (theirs, theirs)):
                    other = f"{head}{told[0]}{between}{told[1]}){tail}"
                    assert sheet.check(other, sentence.facts), other
                    swapped += 1
    assert swapped > 20


def test_another_siblings_name_fails(labelled: Labelled) -> None:
    renamed = 0
    for sheet, segment, label in labelled.sheets():
        facts = {fact.id: fact for fact in segment.facts}
        for sentence in label.why:
            rivals = {facts[i].names.get("rival") for i in sentence.facts}
            for rival in labelled.names:
                if not sentence.text.startswith(f"Unlike {rival},"):
                    continue
                for name in labelled.names:
                    if name not in rivals and name != label.name:
                        other = sentence.text.replace(rival, name)
                        assert sheet.check(other, sentence.facts), other
                        renamed += 1
    assert renamed


_OPPOSITES = {
    "at least": "at most",
    "at most": "at least",
    "more than": "fewer than",
    "less than": "more than",
    "fewer than": "more than",
    "or more": "or fewer",
    "or sooner": "or later",
    "within": "more than",
}


def test_the_opposite_bound_fails(labelled: Labelled) -> None:
    turned = 0
    for sheet, _, label in labelled.sheets():
        for bound, opposite in _OPPOSITES.items():
            for spot in re.finditer(rf"\b{bound}\b", label.description):
                other = label.description[: spot.start()] + opposite
                assert sheet.check_description(other + label.description[spot.end() :]), other
                turned += 1
    assert turned >= 3


def test_a_fact_a_sentence_does_not_need_does_not_lend_it_its_rival() -> None:
    """The rival's figure must stand in a fact that compares with that very rival."""
    both = LabelSheet(FACTS, RULE, LEXICON, siblings=SIBLINGS)
    true = "They take 48 pieces a line (Evening book lovers: 2)."
    assert both.check(true, ("S2", "S3")) == []
    assert both.check(true.replace("Evening book lovers", "Mixed people"), ("S2", "S3"))
