import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.behaviour.measures import MEASURES
from agent.behaviour.vocabulary import plural
from agent.behaviour.wording import (
    LIFT_BANDS,
    count,
    feature_text,
    lift_band,
    money,
    number,
    percent,
    printed,
)
from agent.records import Vocabulary

WORDS = Vocabulary(
    domain="purchases", did="bought", doing="buying", item="item", items="items", event="line",
    events="lines", visit="order", visits="orders", currency="£", measure="spend",
    share_of="spend",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(7.0, "7"), (2.5, "2.5"), (1.25, "1.25"), (34684.2, "34,684"), (12.34, "12.3"), (0, "0")],
)
def test_numbers_print_as_short_as_they_can(value: float, text: str) -> None:
    assert number(value) == text
    assert printed(value) == float(text.replace(",", ""))


@pytest.mark.parametrize(("value", "text"), [(34684.4, "£34,684"), (1.25, "£1.25"), (4, "£4")])
def test_money(value: float, text: str) -> None:
    assert money(value, WORDS) == text


@pytest.mark.parametrize(("share", "shown"), [(0.314, 31), (0.004, 0.4), (1, 100), (0.0096, 1)])
def test_percentages_are_whole_unless_tiny(share: float, shown: float) -> None:
    assert percent(share) == shown


@given(st.floats(0, 1e6))
def test_a_lift_is_never_banded_upwards(lift: float) -> None:
    band = lift_band(lift)
    assert (band is None) == (lift < LIFT_BANDS[0] * (1 - 1e-6)) or lift == pytest.approx(1.5)
    assert band is None or band <= lift * (1 + 1e-6)


def test_every_measure_has_words() -> None:
    for name, measure in MEASURES.items():
        value = 0.3 if measure.unit == "share" else 24
        text = feature_text(name, ">=", value, WORDS)
        assert ("30 %" in text) if measure.unit == "share" else ("24" in text)


@pytest.mark.parametrize(
    ("feature", "op", "value", "text"),
    [
        ("units_per_line", ">=", 24, "24 or more pieces a line"),
        ("category:bunting", ">=", 0.3, "at least 30 % of spend in bunting"),
        ("spend", "<=", 120, "at most £120 spent in all"),
        ("attribute:country=Iceland", "==", 1, "country: Iceland"),
        ("attribute:country=Iceland", "<=", 0, "country: not Iceland"),
        ("quarter4_share", ">=", 0.8, "at least 80 % of spend in October to December"),
    ],
)
def test_predicates_in_words(feature: str, op: str, value: float, text: str) -> None:
    assert feature_text(feature, op, value, WORDS) == text


def test_nouns() -> None:
    assert [plural(n) for n in ("movie", "story", "dish", "day")] == [
        "movies", "stories", "dishes", "days",
    ]  # fmt: skip
    assert count(1, "order", "orders") == "1 order"
