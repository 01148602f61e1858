"""Who in the demo shop shares a home with, refers, or buys gifts for whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from agent.behaviour.shop.people import Kind
from agent.behaviour.shop.personas import PERSONAS

TIE_KINDS = ("household", "referral", "gift")
TIE_SHARES = (0.3, 0.3, 0.4)
WANDERER_TIES = 0.8
NEWCOMER_TIES = 0.3


def ties_between(
    ids: Sequence[str],
    kinds: Sequence[Kind],
    personas: NDArray[np.int64],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Ties as user_id, other_id, kind, weight, sorted; at most one from one person to another.

    `personas` is (n_users, 2). People tie to their own persona more than chance would (`homely`);
    wanderers tie to anybody. Households tie both ways. Weight counts how often it showed.
    """
    everybody = np.arange(len(ids))
    persona = personas[:, 0]
    wanderer = np.array([kind == "wanderer" for kind in kinds])
    mean = np.array([each.ties for each in PERSONAS])[persona]
    mean[wanderer] = WANDERER_TIES
    mean[np.array([kind == "newcomer" for kind in kinds])] = NEWCOMER_TIES
    homely = np.array([each.homely for each in PERSONAS])[persona]
    homely[wanderer] = 0.0

    source = np.repeat(everybody, rng.poisson(mean))
    own = rng.random(len(source)) < homely[source]
    target = rng.integers(len(ids), size=len(source))
    for place in range(len(PERSONAS)):
        alike = np.flatnonzero((persona == place) & ~wanderer)
        asked = np.flatnonzero(own & (persona[source] == place))
        if len(alike):
            target[asked] = alike[rng.integers(len(alike), size=len(asked))]
    kind = rng.choice(len(TIE_KINDS), size=len(source), p=TIE_SHARES)
    weight = 1 + np.where(kind == 1, 0, rng.poisson(1.4, size=len(source)))

    household = kind == 0
    ends = pl.DataFrame(
        {
            "source": np.concatenate([source, target[household]]),
            "target": np.concatenate([target, source[household]]),
            "kind": np.concatenate([kind, kind[household]]),
            "weight": np.concatenate([weight, weight[household]]),
        }
    )
    names, words = pl.Series(ids, dtype=pl.String), pl.Series(TIE_KINDS)
    ends = (
        ends.filter(pl.col("source") != pl.col("target"))
        .sort("source", "target", "kind", "weight")
        .unique(["source", "target"], keep="first", maintain_order=True)
    )
    return ends.select(
        user_id=names.gather(ends["source"]),
        other_id=names.gather(ends["target"]),
        kind=words.gather(ends["kind"]),
        weight=pl.col("weight"),
    )
