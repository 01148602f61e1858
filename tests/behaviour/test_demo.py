"""The simulated shop: its files agree, its people are as designed, and the design can be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from agent.behaviour.demo import DemoSummary, write_demo
from agent.behaviour.shop.personas import PERSONAS
from agent.errors import SettingsError

FILES = ["attributes.csv", "events.csv", "items.csv", "ties.csv", "truth.csv"]
USERS = 300


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    return write_demo(tmp_path_factory.mktemp("shop"), users=USERS, seed=3)


@pytest.fixture(scope="module")
def events(shop: DemoSummary) -> pl.DataFrame:
    frame = pl.read_csv(shop.out / "events.csv", schema_overrides={"order_id": pl.String})
    return frame.with_columns(pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S"))


@pytest.fixture(scope="module")
def truth(shop: DemoSummary) -> pl.DataFrame:
    return pl.read_csv(shop.out / "truth.csv").with_columns(pl.col("persona").fill_null(""))


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_same_seed_same_bytes_and_nothing_left_over(tmp_path: Path) -> None:
    write_demo(tmp_path / "a", users=40, seed=7)
    write_demo(tmp_path / "b", users=40, seed=7)
    write_demo(tmp_path / "other", users=40, seed=8)
    assert sorted(contents(tmp_path / "a")) == FILES
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    same = contents(tmp_path / "a").items() & contents(tmp_path / "other").items()
    assert {name for name, _ in same} == {"items.csv"}


def test_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        program = (
            "import sys; from pathlib import Path; from agent.behaviour.demo import write_demo; "
            "write_demo(Path(sys.argv[1]), users=12, seed=1)"
        )
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / hash_seed)],
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_a_batch_border_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_demo(tmp_path / "whole", users=30, seed=2)
    monkeypatch.setattr("agent.behaviour.demo.BATCH_USERS", 7)
    write_demo(tmp_path / "parts", users=30, seed=2)
    assert contents(tmp_path / "whole") == contents(tmp_path / "parts")


def test_kinds_come_in_their_shares(shop: DemoSummary, truth: pl.DataFrame) -> None:
    assert shop.kinds == {
        "mixture": 45, "wanderer": 24, "newcomer": 15, "changed": 9, "persona": 207,
    }  # fmt: skip
    assert dict(truth["kind"].value_counts().iter_rows()) == shop.kinds
    names = {persona.name for persona in PERSONAS}
    steadfast = truth.filter(kind="persona")
    assert set(steadfast["persona"]) == names
    assert steadfast["persona"].value_counts()["count"].min() >= 10
    for persona, kind in truth.select("persona", "kind").iter_rows():
        parts = persona.split("+")
        if kind == "wanderer":
            assert persona == ""
        else:
            assert set(parts) <= names
            assert len(set(parts)) == len(parts) == (2 if kind == "mixture" else 1)


def test_files_agree_with_each_other(
    shop: DemoSummary, events: pl.DataFrame, truth: pl.DataFrame
) -> None:
    items = pl.read_csv(shop.out / "items.csv")
    attributes = pl.read_csv(shop.out / "attributes.csv")
    ties = pl.read_csv(shop.out / "ties.csv")
    assert items["item_id"].is_unique().all()
    assert truth["user_id"].is_unique().all()
    assert attributes["user_id"].equals(truth["user_id"])
    assert set(events["user_id"]) == set(truth["user_id"])
    assert set(events["item_id"]) <= set(items["item_id"])
    assert set(ties["user_id"]) | set(ties["other_id"]) <= set(truth["user_id"])
    assert (ties["user_id"] != ties["other_id"]).all()
    assert not ties.select("user_id", "other_id").is_duplicated().any()
    counted = (shop.users, shop.items, shop.events, shop.ties)
    assert counted == (truth.height, items.height, events.height, ties.height)


def test_rows_make_sense(shop: DemoSummary, events: pl.DataFrame) -> None:
    assert events["timestamp"].min().date().isoformat() >= shop.first_day
    assert events["timestamp"].max().date().isoformat() <= shop.last_day
    is_search = pl.col("action") == "search"
    is_ordered = pl.col("action").is_in(["buy", "return"])
    wrong = events.filter(
        (pl.col("text").is_null() == is_search)
        | (pl.col("price").is_null() != is_search)
        | (pl.col("order_id").is_null() == is_ordered)
        | (pl.col("quantity").is_null() & is_ordered)
        | (pl.col("quantity") < 1)
        | (pl.col("price") <= 0)
        | ((pl.col("channel") == "store") & ~is_ordered)
    )
    assert wrong.height == 0
    orders = events.filter(is_ordered).group_by("order_id").agg(pl.col("user_id").n_unique())
    assert orders["user_id"].max() == 1
    bought = events.filter(action="buy").select("order_id", "item_id", "quantity")
    returned = events.filter(action="return").select("order_id", "item_id", "quantity")
    assert returned.height > 100
    assert returned.join(bought, on=returned.columns, how="anti").height == 0


def test_activity(events: pl.DataFrame, truth: pl.DataFrame) -> None:
    counts = events.group_by("user_id").len().join(truth, on="user_id")
    newcomers = counts.filter(kind="newcomer")["len"]
    assert newcomers.max() <= 3
    assert newcomers.n_unique() == 3
    others = counts.filter(pl.col("kind") != "newcomer")["len"]
    assert 40 <= others.median() <= 90
    assert others.is_between(15, 200).mean() > 0.9


def share(events: pl.DataFrame, truth: pl.DataFrame, persona: str, condition: pl.Expr) -> float:
    """Share of one-persona users' events for which the condition holds."""
    own = truth.filter(kind="persona", persona=persona).select("user_id")
    return float(events.join(own, on="user_id").select(condition.mean()).item())


def test_rhythms_show(events: pl.DataFrame, truth: pl.DataFrame) -> None:
    when = pl.col("timestamp").dt
    night = (when.hour() >= 21) | (when.hour() < 4)
    assert share(events, truth, "night-owl gamers", night) > 0.75
    assert share(events, truth, "weekend bakers", when.weekday() >= 6) > 0.55
    assert share(events, truth, "home-office workers", when.weekday() <= 5) > 0.85
    assert share(events, truth, "December gift buyers", when.month() >= 11) > 0.8
    assert share(events, truth, "balcony gardeners", when.month().is_between(3, 7)) > 0.6
    assert share(events, truth, "home renovators", pl.col("channel") == "store") > 0.25
    pieces = events.filter(action="buy").join(truth, on="user_id").filter(kind="persona")
    median = dict(pieces.group_by("persona").agg(pl.col("quantity").median()).iter_rows())
    assert median["bulk party suppliers"] >= 18
    assert max(pieces for name, pieces in median.items() if name != "bulk party suppliers") <= 3


def test_people_tie_to_their_like(shop: DemoSummary, truth: pl.DataFrame) -> None:
    steadfast = truth.filter(kind="persona").select("user_id", "persona")
    ties = pl.read_csv(shop.out / "ties.csv").join(steadfast, on="user_id")
    ties = ties.join(steadfast, left_on="other_id", right_on="user_id")
    alike = (ties["persona"] == ties["persona_right"]).mean()
    assert 0.4 < alike < 0.85


@pytest.mark.parametrize(("users", "seed"), [(0, 0), (2_000_000, 0), (5, -1)])
def test_refuses_what_it_cannot_do(tmp_path: Path, users: int, seed: int) -> None:
    with pytest.raises(SettingsError):
        write_demo(tmp_path / "shop", users=users, seed=seed)
    assert not (tmp_path / "shop").exists()


def test_refuses_a_file_as_folder(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(SettingsError, match="is not a folder"):
        write_demo(tmp_path / "taken", users=5)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_failure_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_demo(tmp_path, users=5, seed=1)
    before = contents(tmp_path)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agent.behaviour.demo.log_of", full_disk)
    with pytest.raises(SettingsError, match="No space left"):
        write_demo(tmp_path, users=5, seed=2)
    assert contents(tmp_path) == before


def test_one_user_is_enough(tmp_path: Path) -> None:
    assert write_demo(tmp_path, users=1).events > 0
