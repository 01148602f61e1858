"""Facts against logs small enough to check by eye."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from agent.behaviour.evidence import freeze_population, gather_evidence
from agent.behaviour.histories import make_histories
from agent.settings import EvidenceSettings
from tests.behaviour.logs import catalogue, events, evidence, measured, only

ITEMS = catalogue(
    flour=["baking"], yeast=["baking"], rope=["outdoor"], lamp=["lighting"], pen=["office"]
)


def crowd(users: int = 20) -> Iterator[dict[str, Any]]:
    """People who buy a bit of everything once a month, at noon on weekdays."""
    for user in range(users):
        for month in range(1, 7):
            for item in ("rope", "lamp", "pen", "flour"):
                day = f"2024-{month:02d}-1{user % 3}"
                yield {
                    "user": f"crowd{user:02d}", "item": item, "at": f"{day}T12:00",
                    "quantity": 1 + user % 2, "price": 5.0, "basket": f"{user}-{month}",
                }  # fmt: skip


def baker() -> Iterator[dict[str, Any]]:
    """Flour and yeast every Saturday evening, a dozen at a time, twice as much from April."""
    day = date(2024, 1, 6)
    while day < date(2024, 6, 28):
        for item in ("flour", "yeast"):
            yield {
                "user": "baker", "item": item, "at": f"{day}T19:00", "price": 5.0,
                "quantity": 12 if day < date(2024, 4, 1) else 36, "basket": f"b{day}",
            }  # fmt: skip
        day += timedelta(days=7)


LOG = events(*crowd(), *baker())


def test_the_most_distinguishing_fact_comes_first_and_ids_follow_it() -> None:
    facts = evidence(LOG, ITEMS)["baker"].facts
    assert [fact.id for fact in facts] == [f"E{n}" for n in range(1, len(facts) + 1)]
    saliences = [fact.salience for fact in facts]
    assert saliences == sorted(saliences, reverse=True)
    category = only(evidence(LOG, ITEMS)["baker"], "category")
    assert category.numbers["share"] == 100
    assert category.numbers["count"] == 50
    assert category.names == {"category": "baking"}
    assert "of spend" in category.text


def test_habits_of_time_stand_out_against_the_population() -> None:
    baker = evidence(LOG, ITEMS)["baker"]
    assert only(baker, "daypart").names["daypart"] == "evening"
    assert only(baker, "weekpart").names["weekpart"] == "Saturday"
    assert only(baker, "cadence").numbers == {"median_gap_days": 7, "population": 31}
    assert only(baker, "trend").direction == "rising"


def test_a_few_days_are_no_habit_of_the_week_or_of_the_year() -> None:
    visitor = [
        {"user": "visitor", "item": "flour", "at": f"2024-06-{day:02d}T19:00", "quantity": 12,
         "price": 5.0, "basket": f"v{day}"}
        for day in (1, 2, 8, 9)
    ]  # fmt: skip
    kinds = {fact.kind for fact in evidence(events(*crowd(), *visitor), ITEMS)["visitor"].facts}
    assert not kinds & {"weekpart", "season"}

    # The same weekends over half a year are one; the same quarter of two years is the other.
    regular = [
        {**row, "at": row["at"].replace("2024-06", f"{year}-0{month}"),
         "basket": f"{row['basket']}-{year}-{month}"}
        for row in visitor for year in (2023, 2024) for month in (4, 6)
    ]  # fmt: skip
    kinds = {fact.kind for fact in evidence(events(*crowd(), *regular), ITEMS)["visitor"].facts}
    assert "season" in kinds


def test_quantities_and_spend() -> None:
    baker = evidence(LOG, ITEMS)["baker"]
    assert only(baker, "spend").text == "£5,880 in all (top 5 % of users)"
    assert only(baker, "quantity").numbers["population"] in (1, 1.5, 2)


def test_numbers_of_a_fact_are_the_ones_it_prints() -> None:
    for one in evidence(LOG, ITEMS).values():
        for fact in one.facts:
            for name, value in fact.numbers.items():
                shown = f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
                assert shown in fact.text or (value == 1 and "every day" in fact.text), (name, fact)
            for name in fact.names.values():
                assert name in fact.text or fact.kind in ("daypart", "rating"), (name, fact)


def test_events_behind_a_category_are_its_rows() -> None:
    log = events(*crowd(), *baker(), *(
        {"user": "baker", "item": "rope", "at": f"2024-0{m}-02T08:00", "quantity": 1, "price": 1.0,
         "basket": f"r{m}"} for m in (2, 3)
    ))  # fmt: skip
    fact = only(evidence(log, ITEMS)["baker"], "category")
    history = make_histories(log)[0].filter(pl.col("user_id") == "baker")
    behind = {p for start, end in fact.events for p in range(start, end)}
    items = history.filter(pl.col("position").is_in(list(behind)))["item_id"]
    assert set(items) == {"flour", "yeast"}
    assert len(behind) == fact.numbers["count"]


def test_one_event_gives_a_short_honest_set() -> None:
    log = events(*crowd(), {"user": "new", "item": "lamp", "at": "2024-06-01T10:00", "quantity": 1,
                            "price": 5.0, "basket": "n"})  # fmt: skip
    facts = evidence(log, ITEMS)["new"].facts
    assert {fact.kind for fact in facts} <= {"totals", "items", "spend", "attribute", "recency"}
    assert only(evidence(log, ITEMS)["new"], "totals").text == "1 line on 2024-06-01"
    assert only(evidence(log, ITEMS)["new"], "items").text == "LAMP"


def test_one_new_event_changes_nobody_elses_facts_while_the_population_is_frozen() -> None:
    histories, measures = measured(LOG, ITEMS)
    population = freeze_population(histories, measures)
    more = pl.concat([LOG, events({"user": "crowd00", "item": "lamp", "at": "2024-06-20T10:00",
                                   "quantity": 1, "price": 5.0, "basket": "x"}).with_columns(
        pl.lit("new").alias("event_id"))])  # fmt: skip
    grown, remeasured = measured(more, ITEMS)
    before = list(gather_evidence(histories, measures, population, EvidenceSettings()))
    after = list(gather_evidence(grown, remeasured, population, EvidenceSettings()))
    changed = {a.user_id for a, b in zip(before, after, strict=True) if a != b}
    assert changed == {"crowd00"}


def test_a_change_of_taste_is_a_shift_with_its_direction() -> None:
    rows = [
        {"user": "mover", "item": item, "at": f"2024-0{m}-{d:02d}T10:00", "quantity": 1,
         "price": 5.0, "basket": f"{m}-{d}"}
        for m in range(1, 7)
        for d in (3, 13, 23)
        for item in (("rope", "lamp") if m < 4 else ("flour", "yeast"))
    ]  # fmt: skip
    facts = evidence(events(*crowd(), *rows), ITEMS)["mover"].facts
    shift = next(f for f in facts if f.kind == "shift" and f.names["category"] == "baking")
    assert shift.direction == "rising"
    assert shift.numbers == {"before": 0, "after": 100}


def test_ties_and_attributes_speak_of_whom_and_what_is_declared() -> None:
    ties = pl.DataFrame(
        {"user_id": ["baker"] * 2, "other_id": ["crowd01", "crowd02"], "weight": [9.0, 1.0]}
    )
    attributes = pl.DataFrame({"user_id": ["baker"], "name": ["country"], "value": ["Iceland"]})
    baker = evidence(LOG, ITEMS, attributes, ties)["baker"]
    assert only(baker, "ties").text == "tied to 2 people, most to crowd01 (9 of 10)"
    assert only(baker, "attribute").names == {"attribute": "country", "value": "Iceland"}


def test_ratings_give_opinions_and_favourites() -> None:
    titles = catalogue(**{f"h{n}": ["Horror"] for n in range(8)},
                       **{f"c{n}": ["Comedy"] for n in range(8)})  # fmt: skip
    rows = [
        {"user": user, "item": item, "action": "rate", "at": f"2024-01-{n + 1:02d}T20:00",
         "value": value(item)}
        for user, value in (
            ("fan", lambda item: 5.0 if item[0] == "h" else 2.0),
            ("other", lambda item: 3.0 + (item == "c1")),
        )
        for n, item in enumerate([*(f"h{n}" for n in range(8)), *(f"c{n}" for n in range(8))])
    ]  # fmt: skip
    fan = evidence(events(*rows), titles)["fan"]
    opinions = {f.names["category"]: f for f in fan.facts if f.kind == "opinion"}
    assert opinions["Horror"].text == "rates Horror 5 on average over 8, above their own 3.5"
    assert opinions["Comedy"].names["side"] == "below"
    assert only(fan, "items").text.startswith("highest ratings: H")


def test_a_log_without_times_has_facts_without_dates() -> None:
    log = events(*({"user": f"u{n % 4}", "item": "lamp" if n % 3 else "pen", "row": n,
                    "action": "view"} for n in range(40)))  # fmt: skip
    for one in evidence(log, ITEMS).values():
        assert not {f.kind for f in one.facts} & {"recency", "cadence", "daypart", "trend"}
        assert only(one, "totals").text == "10 events"
