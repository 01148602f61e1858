"""Small logs made by hand, in the schema the readers produce."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from agent.behaviour.categories import with_categories
from agent.behaviour.counting import take_measures
from agent.behaviour.evidence import freeze_population, gather_evidence
from agent.behaviour.histories import make_histories
from agent.behaviour.measures import Measures
from agent.behaviour.vocabulary import read_vocabulary
from agent.records import Evidence, Fact
from agent.settings import EvidenceSettings

EVENT_SCHEMA = {
    "event_id": pl.String,
    "user_id": pl.String,
    "item_id": pl.String,
    "timestamp": pl.Datetime("us"),
    "row": pl.UInt64,
    "action": pl.String,
    "value": pl.Float64,
    "quantity": pl.Float64,
    "price": pl.Float64,
    "basket": pl.String,
    "text": pl.String,
    "dwell": pl.Float64,
    "channel": pl.String,
}


def events(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows with `user`, `item`, `at` (ISO) and any other event field; the rest is null."""
    made = []
    for n, row in enumerate(rows):
        cells: dict[str, Any] = dict.fromkeys(EVENT_SCHEMA)
        cells |= {"event_id": f"{n:016x}", "action": "buy"} | row
        cells["user_id"], cells["item_id"] = cells.pop("user"), cells.pop("item")
        at = cells.pop("at", None)
        cells["timestamp"] = datetime.fromisoformat(at) if at else None
        made.append({name: cells[name] for name in EVENT_SCHEMA})
    return pl.DataFrame(made, schema=EVENT_SCHEMA)


def catalogue(**categories: list[str]) -> pl.DataFrame:
    """Items whose title is their id in capitals."""
    return pl.DataFrame(
        {
            "item_id": list(categories),
            "title": [item.upper() for item in categories],
            "categories": list(categories.values()),
        },
        schema={"item_id": pl.String, "title": pl.String, "categories": pl.List(pl.String)},
    )


NO_ATTRIBUTES = pl.DataFrame(schema={"user_id": pl.String, "name": pl.String, "value": pl.String})
NO_TIES = pl.DataFrame(schema={"user_id": pl.String, "other_id": pl.String, "weight": pl.Float64})


def measured(
    log: pl.DataFrame,
    items: pl.DataFrame | None = None,
    attributes: pl.DataFrame = NO_ATTRIBUTES,
    ties: pl.DataFrame = NO_TIES,
) -> tuple[pl.DataFrame, Measures]:
    histories, _ = make_histories(log)
    items, _ = with_categories(catalogue() if items is None else items, histories)
    vocabulary = read_vocabulary(histories, item="item", currency="£")
    measures = take_measures(
        histories, items=items, attributes=attributes, ties=ties, vocabulary=vocabulary
    )
    return histories, measures


def evidence(
    log: pl.DataFrame,
    items: pl.DataFrame | None = None,
    attributes: pl.DataFrame = NO_ATTRIBUTES,
    ties: pl.DataFrame = NO_TIES,
) -> dict[str, Evidence]:
    histories, measures = measured(log, items, attributes, ties)
    population = freeze_population(histories, measures)
    found = gather_evidence(histories, measures, population, EvidenceSettings(currency="£"))
    return {one.user_id: one for one in found}


def only(evidence: Evidence, kind: str) -> Fact:
    """The user's one fact of a kind."""
    (fact,) = [fact for fact in evidence.facts if fact.kind == kind]
    return fact
