"""How well the demo's personas can be told at all: a judge that knows what each is like.

The judge sees the same events as everybody but also the design: each persona's expected tastes,
hours, weekdays, months and channels, and how much individuals vary around them. It gives every
user the most likely explanation (Bayes; Dirichlet-multinomial likelihoods, Minka 2000): one
persona throughout, a change from one to another, or a wanderer. What it cannot tell apart no
clustering should be expected to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaln

from agent.behaviour.shop.calendar import MONTH, STORE_CLOSES, STORE_OPENS, WEEKDAY, day_weights
from agent.behaviour.shop.catalogue import catalogue
from agent.behaviour.shop.people import SHARES, TASTE_CONCENTRATION, taste_shares
from agent.behaviour.shop.personas import PERSONAS, Persona
from agent.behaviour.shop.simulate import CHANNELS

Floats = NDArray[np.float64]

RHYTHM_CONCENTRATION = 15.0
"""How closely individuals keep to a persona's hours, days and channels."""
WANDERER_TASTES, WANDERER_RHYTHM = 0.25, 0.5
"""Dirichlet weight of every category and of every hour, day or channel for a wanderer."""


def oracle_labels(folder: Path) -> pl.DataFrame:
    """user_id and label for every user of the demo written to `folder`, sorted by user_id.

    The label is a persona's name (after a change, the later one) or "" for a wanderer. Mixtures
    and newcomers get one too; with a blend or three events nobody can say, so leave them out of
    a score. Reads events.csv and items.csv, never truth.csv.
    """
    lines = _lines(folder)
    users = lines["user_id"].unique().sort()
    early, late = lines.filter(~pl.col("late")), lines.filter("late")
    popularity = np.array([persona.popularity for persona in PERSONAS])
    prior = popularity / popularity.sum()
    wandering = np.log(SHARES["wanderer"]) + _wanderer(lines, users)
    steadfast = np.log(prior * (1 - sum(SHARES.values()))) + _personas(lines, users)
    before, after = _personas(early, users), _personas(late, users)
    changed = np.log(SHARES["changed"] * prior / (len(PERSONAS) - 1)) + after + _best_other(before)
    # Columns: every persona kept to, every persona changed to, wanderer.
    likely = np.concatenate([steadfast, changed, wandering[:, None]], axis=1).argmax(axis=1)
    names = [persona.name for persona in PERSONAS]
    labels = pl.Series([*names, *names, ""]).gather(pl.Series(likely))
    return pl.DataFrame({"user_id": users, "label": labels})


def _lines(folder: Path) -> pl.DataFrame:
    """One row a user, item and day (looking and buying are one interest), with what is judged."""
    categories = {name: n for n, name in enumerate(catalogue().categories)}
    items = pl.read_csv(folder / "items.csv").select(
        "item_id", category=pl.col("category").replace_strict(categories, return_dtype=pl.Int64)
    )
    events = pl.read_csv(folder / "events.csv", schema_overrides={"order_id": pl.String})
    when = pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S")
    channels = {name: n for n, name in enumerate(CHANNELS)}
    lines = (
        events.filter(pl.col("action") != "return")
        .select("user_id", "item_id", when=when, channel=pl.col("channel").replace_strict(channels))
        .sort("user_id", "when", "item_id")
        .with_columns(day=pl.col("when").dt.date())
        .unique(["user_id", "item_id", "day"], keep="first", maintain_order=True)
        .join(items, on="item_id", maintain_order="left")
    )
    place = pl.int_range(pl.len()).over("user_id")
    return lines.with_columns(
        late=place >= pl.len().over("user_id") / 2,
        visit=pl.struct("user_id", "day").is_first_distinct(),
        hour=pl.col("when").dt.hour().cast(pl.Int64),
        weekday=pl.col("when").dt.weekday().cast(pl.Int64) - 1,
        month=pl.col("when").dt.month().cast(pl.Int64) - 1,
    )


def _counts(lines: pl.DataFrame, users: pl.Series, column: str, size: int) -> Floats:
    """How often each user shows each value (n_users, size); rhythm counts visits, not lines."""
    if column != "category":
        lines = lines.filter("visit")
    counts = np.zeros((len(users), size))
    rows = users.search_sorted(lines["user_id"]).to_numpy()
    np.add.at(counts, (rows, lines[column].to_numpy()), 1.0)
    return counts


_COLUMNS = {"hour": 24, "weekday": 7, "month": 12, "channel": len(CHANNELS)}


def _personas(lines: pl.DataFrame, users: pl.Series) -> Floats:
    """Log likelihood of each user's lines under each persona (n_users, 12)."""
    tastes = [TASTE_CONCENTRATION * taste_shares(persona) for persona in PERSONAS]
    total = _likelihood(_counts(lines, users, "category", len(tastes[0])), tastes)
    for column, size in _COLUMNS.items():
        expected = [RHYTHM_CONCENTRATION * _expected(persona, column) for persona in PERSONAS]
        total += _likelihood(_counts(lines, users, column, size), expected)
    return total


def _wanderer(lines: pl.DataFrame, users: pl.Series) -> Floats:
    """Log likelihood of each user's lines for somebody who could be like anything (n_users,)."""
    n = len(catalogue().categories)
    total = _likelihood(_counts(lines, users, "category", n), [np.full(n, WANDERER_TASTES)])
    for column, size in _COLUMNS.items():
        flat = np.full(size, WANDERER_RHYTHM)
        total += _likelihood(_counts(lines, users, column, size), [flat])
    return total[:, 0]


def _likelihood(counts: Floats, weights: Sequence[Floats]) -> Floats:
    """Dirichlet-multinomial log likelihood of counts (n_users, size) under each of the weights
    (size,), as (n_users, len(weights)); the multinomial coefficient, the same for all, is left out.
    """
    columns = []
    for alpha in weights:
        total = gammaln(alpha.sum()) - gammaln(alpha.sum() + counts.sum(axis=1))
        columns.append(total + (gammaln(alpha + counts) - gammaln(alpha)).sum(axis=1))
    return np.stack(columns, axis=1)


def _expected(persona: Persona, column: str) -> Floats:
    """A persona's expected shares of visits by hour, weekday, month or channel, all above 0."""
    if column == "channel":
        shares = np.array(persona.channels)
        hours = _expected(persona, "hour")
        online = 1 if persona.channels[1] > persona.channels[0] else 0
        moved = shares[2] * (1 - hours[STORE_OPENS:STORE_CLOSES].sum())
        shares[2] -= moved
        shares[online] += moved
    elif column == "hour":
        centres = np.arange(24) + 0.5
        shares = np.zeros(24)
        for peak, spread, share in persona.hours:
            away = np.abs((centres - peak + 12) % 24 - 12)
            bump = np.exp(-0.5 * (away / np.hypot(spread, 0.6)) ** 2)
            shares += share * bump / bump.sum()
    else:
        days = day_weights(np.array(persona.weekdays), np.array(persona.months))
        of_day = WEEKDAY if column == "weekday" else MONTH
        shares = np.bincount(of_day, weights=days, minlength=_COLUMNS[column])
    shares = shares / shares.sum()
    floored: Floats = 0.97 * shares + 0.03 / len(shares)
    return floored


def _best_other(scores: Floats) -> Floats:
    """For each persona (column), the best score among all the other personas (n_users, 12)."""
    best = np.empty_like(scores)
    for place in range(scores.shape[1]):
        best[:, place] = np.delete(scores, place, axis=1).max(axis=1)
    return best
