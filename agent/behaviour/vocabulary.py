"""The words a log's facts are told in, read off its actions and columns."""

from __future__ import annotations

import polars as pl

from agent.behaviour.histories import has_baskets
from agent.records import Vocabulary

BUYING_LOG = 0.05
"""Share of `buy` events from which a log is about purchases."""

PRICED = 0.8
"""Share of purchases with a price from which shares are shares of spend."""


def plural(noun: str) -> str:
    """English plural of a regular noun: `movie` → `movies`, `story` → `stories`."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def read_vocabulary(histories: pl.DataFrame, *, item: str, currency: str) -> Vocabulary:
    """Choose the words for one log.

    `item` is what the log calls its items (`movie`, `discussion`, `item`), `currency` what is
    printed before amounts.
    """
    shares = dict(histories["action"].value_counts(normalize=True).iter_rows())
    visit = "order" if has_baskets(histories) else "visit"
    words = Vocabulary(
        domain="events", did="used", doing="using", item=item, items=plural(item),
        event="event", events="events", visit=visit, visits=plural(visit),
        currency=currency, share_of="events",
    )  # fmt: skip
    if shares.get("buy", 0) >= BUYING_LOG:
        bought = histories.filter(pl.col("action") == "buy")
        priced = 1 - bought["price"].null_count() / bought.height >= PRICED
        line = "line" if visit == "order" else "purchase"
        return words.model_copy(
            update={
                "domain": "purchases",
                "did": "bought",
                "doing": "buying",
                "event": line,
                "events": plural(line),
                "measure": "spend" if priced else "events",
                "share_of": "spend" if priced else plural(line),
            }
        )
    main = min(shares, key=lambda action: (-shares[action], action))
    if main in ("rate", "review", "like"):
        told = {"domain": "ratings", "did": "rated", "doing": "rating", "event": "rating"}
    elif main == "post":
        told = {"domain": "posts", "did": "wrote in", "doing": "writing in", "event": "post"}
    else:
        return words
    events = plural(told["event"])
    return words.model_copy(update={**told, "events": events, "share_of": events})
