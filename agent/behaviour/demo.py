"""The simulated shop as files: what `folkmap demo` writes.

    events.csv      user_id, item_id, timestamp, action, quantity, price, order_id, channel, text
    items.csv       item_id, title, category, brand, price
    attributes.csv  user_id, region, plan, signup_year
    ties.csv        user_id, other_id, kind, weight
    truth.csv       user_id, persona, kind

`text` is what was typed, on search rows; their item is the result that was opened. Views and
searches have no quantity, and only purchases and their returns an order. In truth.csv the persona
of a mixture is its two personas joined by "+", that of a wanderer is empty, that of somebody who
changed is what they became.

The same seed gives the same bytes. Each user is drawn from a stream of their own and written in
batches, so memory does not grow with the number of events.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from agent.behaviour.shop.calendar import EPOCH_SECONDS, FIRST_DAY, LAST_DAY
from agent.behaviour.shop.catalogue import catalogue
from agent.behaviour.shop.people import Kind, Person, kinds_of, person
from agent.behaviour.shop.personas import PERSONAS
from agent.behaviour.shop.simulate import ACTIONS, CHANNELS, NO_ORDER, NO_QUERY, Log, log_of
from agent.behaviour.shop.ties import ties_between
from agent.errors import SettingsError
from agent.records import Record

CURRENCY = "£"
"""What the shop's prices are in; as with any log, the files do not say."""
BATCH_USERS = 500
"""Users held in memory at once."""
MAX_USERS = 1_000_000
ORDERS_PER_USER = 4096
"""Room for order numbers; nobody comes near it in fourteen months."""


class DemoSummary(Record):
    """What a simulated shop holds."""

    out: Path
    users: int
    items: int
    categories: int
    events: int
    ties: int
    kinds: dict[Kind, int]
    first_day: str
    last_day: str


def write_demo(out: Path, *, users: int = 1000, seed: int = 0) -> DemoSummary:
    """Simulate a shop with that many users and write its five files into the folder `out`.

    Files already there are replaced one by one, and only when all five are complete.

    Raises:
        SettingsError: `users` or `seed` out of range, or `out` cannot be written.
    """
    if not 1 <= users <= MAX_USERS:
        raise SettingsError(f"users must be between 1 and {MAX_USERS:,}, not {users:,}")
    if seed < 0:
        raise SettingsError(f"seed must be 0 or more, not {seed}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        events, ties = _write_files(out, users, seed)
    except (FileExistsError, NotADirectoryError):
        raise SettingsError(f"{out} is not a folder: choose another --out") from None
    except OSError as error:
        raise SettingsError(
            f"{out} cannot be written ({error.strerror}): choose another --out"
        ) from error
    return DemoSummary(
        out=out,
        users=users,
        items=len(catalogue().items),
        categories=len(catalogue().categories),
        events=events,
        ties=ties,
        kinds=dict(sorted(Counter(kinds_of(users, _stream(seed, 0))[0]).items())),
        first_day=FIRST_DAY.isoformat(),
        last_day=LAST_DAY.isoformat(),
    )


def _write_files(out: Path, users: int, seed: int) -> tuple[int, int]:
    """The five files; returns how many events and ties there are."""
    kinds, personas = kinds_of(users, _stream(seed, 0))
    ids = [f"u{n + 1:0{max(4, len(str(users)))}d}" for n in range(users)]
    with tempfile.TemporaryDirectory(dir=out, prefix=".partial-") as folder:
        partial = Path(folder)
        _items().write_csv(partial / "items.csv", float_precision=2)
        truth = pl.DataFrame(
            {"user_id": ids, "persona": map(_persona_name, kinds, personas), "kind": kinds}
        )
        truth.write_csv(partial / "truth.csv")
        ties = ties_between(ids, kinds, personas, _stream(seed, 1))
        ties.write_csv(partial / "ties.csv")
        events = _write_users(partial, ids, kinds, personas, seed)
        for file in sorted(partial.iterdir()):
            os.replace(file, out / file.name)
    return events, ties.height


def _stream(seed: int, *path: int) -> np.random.Generator:
    """An independent random stream: (0) who is what, (1) ties, (2, n) everything of user n."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=path)))


def _persona_name(kind: Kind, personas: NDArray[np.int64]) -> str:
    if kind == "wanderer":
        return ""
    names = [PERSONAS[place].name for place in personas]
    return "+".join(names) if kind == "mixture" else names[0]


def _items() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "item_id": item.item_id,
                "title": item.title,
                "category": item.category,
                "brand": item.brand,
                "price": item.price,
            }
            for item in catalogue().items
        ]
    )


def _write_users(
    folder: Path,
    ids: list[str],
    kinds: list[Kind],
    personas: NDArray[np.int64],
    seed: int,
) -> int:
    """Write events.csv and attributes.csv, a batch of users at a time; number of events."""
    written = 0
    with (
        (folder / "events.csv").open("wb") as events,
        (folder / "attributes.csv").open("wb") as attributes,
    ):
        for begin in range(0, len(ids), BATCH_USERS):
            batch = range(begin, min(begin + BATCH_USERS, len(ids)))
            people: list[Person] = []
            logs: list[Log] = []
            for n in batch:
                rng = _stream(seed, 2, n)
                people.append(person(kinds[n], personas[n].tolist(), rng))
                logs.append(log_of(people[-1], rng))
            header = begin == 0
            rows = _event_rows(batch, ids, logs)
            rows.write_csv(events, include_header=header, float_precision=2)
            _attribute_rows(batch, ids, people).write_csv(attributes, include_header=header)
            written += rows.height
    return written


def _attribute_rows(batch: range, ids: list[str], people: list[Person]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "user_id": ids[batch.start : batch.stop],
            "region": [someone.region for someone in people],
            "plan": [someone.plan for someone in people],
            "signup_year": [someone.signup_year for someone in people],
        }
    )


def _event_rows(batch: range, ids: list[str], logs: list[Log]) -> pl.DataFrame:
    """The rows of a batch of users, user by user, oldest first."""
    shop = catalogue()
    sizes = [len(log.item) for log in logs]
    columns = {
        name: np.concatenate([getattr(log, name) for log in logs])
        for name in Log.__dataclass_fields__
    }
    user = np.repeat(np.arange(batch.start, batch.stop), sizes)
    named = pl.DataFrame({"user": user, **columns})
    item_ids = pl.Series([item.item_id for item in shop.items])
    queries = pl.Series([text for item in shop.items for text in item.searched_as])
    user_ids = pl.Series(ids[batch.start : batch.stop])
    return named.select(
        user_id=user_ids.gather(named["user"] - batch.start),
        item_id=item_ids.gather(named["item"]),
        timestamp=pl.from_epoch(pl.col("second") + EPOCH_SECONDS).dt.to_string("%Y-%m-%dT%H:%M:%S"),
        action=pl.Series(ACTIONS).gather(named["action"]),
        quantity=pl.when(pl.col("quantity") > 0).then(pl.col("quantity")),
        price=pl.col("price").fill_nan(None),
        order_id=pl.Series(_order_ids(named["user"], named["order"]), dtype=pl.String),
        channel=pl.Series(CHANNELS).gather(named["channel"]),
        text=pl.when(pl.col("query") != NO_QUERY).then(
            queries.gather(named["item"] * 3 + named["query"].clip(lower_bound=0))
        ),
    )


def _order_ids(users: pl.Series, orders: pl.Series) -> Iterator[str | None]:
    """Ten hex digits an order that tell nothing of user or number, yet never fall together:
    multiplying by an odd number and folding the high half in both permute the 40-bit numbers."""
    for user, order in zip(users.to_list(), orders.to_list(), strict=True):
        if order == NO_ORDER:
            yield None
            continue
        number = (user * ORDERS_PER_USER + order + 1) * 0x9E3779B97F % 2**40
        number = (number ^ number >> 20) * 0xD1B54A32D1 % 2**40
        yield f"{number ^ number >> 20:010X}"
