"""Small populations with known segments: the answer is written in, so that a label can be wrong."""

from __future__ import annotations

import numpy as np
import polars as pl

from agent.behaviour.measures import Calendar, Measures
from agent.records import Vocabulary

SHOP = Vocabulary(
    domain="purchases",
    did="bought",
    doing="buying",
    item="item",
    items="items",
    event="line",
    events="lines",
    visit="order",
    visits="orders",
    currency="£",
    measure="spend",
    share_of="spend",
)


def population(
    rows: dict[str, dict[str, float]],
    *,
    shares: dict[str, dict[str, float]] | None = None,
    touched: dict[str, list[str]] | None = None,
    declared: dict[str, dict[str, str]] | None = None,
    vocabulary: Vocabulary = SHOP,
) -> Measures:
    """Measures of users given as user → measure → value, with shares and attributes."""
    users = sorted(rows)
    names = sorted({name for row in rows.values() for name in row})
    table = pl.DataFrame(
        {"user_id": users, **{n: [rows[u].get(n) for u in users] for n in names}},
        schema={"user_id": pl.String, **dict.fromkeys(names, pl.Float64)},
    )
    categories = [
        (u, c, share, 1) for u, told in (shares or {}).items() for c, share in told.items()
    ]
    items = [(u, i, 1, 1, 1.0, None) for u, found in (touched or {}).items() for i in found]
    titles = sorted({row[1] for row in items})
    attributes = [(u, n, v) for u, told in (declared or {}).items() for n, v in told.items()]
    text, real, whole = pl.String, pl.Float64, pl.Int64
    return Measures(
        table=table,
        categories=pl.DataFrame(
            categories,
            schema={
                "user_id": text,
                "category": text,
                "share": real,
                "events": whole,
            },
            orient="row",
        ).sort("user_id", "category"),
        category_tastes=pl.DataFrame(
            [(user, category, share) for user, category, share, _ in categories],
            schema={"user_id": text, "category": text, "weight": real},
            orient="row",
        ).sort("user_id", "category"),
        item_tastes=pl.DataFrame(
            [(user, item, 1.0) for user, item, *_ in items],
            schema={"user_id": text, "item_id": text, "weight": real},
            orient="row",
        ).sort("user_id", "item_id"),
        items=pl.DataFrame(
            items,
            schema={
                "user_id": text,
                "item_id": text,
                "events": whole,
                "visits": whole,
                "weight": real,
                "value": real,
            },
            orient="row",
        ).sort("user_id", "item_id"),
        attributes=pl.DataFrame(
            attributes, schema={"user_id": text, "name": text, "value": text}, orient="row"
        ).sort("user_id", "name"),
        ties=pl.DataFrame(schema={"user_id": text, "other_id": text, "weight": real}),
        catalogue=pl.DataFrame(
            {
                "item_id": titles,
                "title": [t.upper() for t in titles],
                "categories": [[] for _ in titles],
                "users": [1] * len(titles),
            },
            schema={
                "item_id": text,
                "title": text,
                "categories": pl.List(text),
                "users": whole,
            },
        ),
        vocabulary=vocabulary,
        calendar=Calendar(start=None, end=None, has_hours=True),
    )


KINDS = {
    "bakers": {"category": "Baking", "units_per_line": 1.5, "evening_share": 0.03},
    "hosts": {"category": "Party goods", "units_per_line": 30.0, "evening_share": 0.03},
    "readers": {"category": "Books", "units_per_line": 1.5, "evening_share": 0.85},
}


def shop(
    per_kind: int = 60, noise: int = 40, seed: int = 0
) -> tuple[Measures, dict[str, str | None]]:
    """Bakers, party hosts (in dozens) and evening readers, and people of no kind."""
    rng = np.random.default_rng(seed)
    kinds = [kind for kind in KINDS for _ in range(per_kind)] + [None] * noise
    rows: dict[str, dict[str, float]] = {}
    shares: dict[str, dict[str, float]] = {}
    touched: dict[str, list[str]] = {}
    assignment: dict[str, str | None] = {}
    names = [str(kind["category"]) for kind in KINDS.values()] + ["Garden", "Toys"]
    for n, kind in enumerate(kinds):
        user = f"u{n:04d}"
        likes = KINDS[kind] if kind else {"units_per_line": 2.0, "evening_share": 0.35}
        rows[user] = {
            "visits": float(rng.integers(2, 20)),
            "units_per_line": float(likes["units_per_line"]) * float(rng.lognormal(0, 0.3)),
            "evening_share": float(np.clip(rng.normal(float(likes["evening_share"]), 0.12), 0, 1)),
            "night_share": float(rng.uniform(0, 0.05)),
            "price": float(rng.lognormal(1.5, 0.5)),
            "events": float(rng.integers(5, 60)),
        }
        taste = rng.dirichlet(np.full(len(names), 0.7))
        if kind:
            main = np.array([name == likes["category"] for name in names])
            taste = 0.4 * taste + 0.6 * main
        shares[user] = {c: float(round(s, 4)) for c, s in zip(names, taste, strict=True)}
        touched[user] = [f"{c} basic" for c, s in shares[user].items() if rng.random() < s]
        assignment[user] = kind
    return population(rows, shares=shares, touched=touched), assignment
