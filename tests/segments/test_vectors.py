from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from agent.behaviour.measures import Measures
from agent.errors import RunError, SettingsError
from agent.segments.vectors import VectorModel, Vectors, fit_blocks, parse_by
from agent.settings import VectorSettings
from tests.segments.people import people

SETTINGS = VectorSettings()


@pytest.fixture(scope="module")
def shoppers() -> Measures:
    measures, _ = people(120, personas=4, seed=3)
    users = measures.table["user_id"]
    n = len(users)
    around = [users[(i // 10) * 10 + (i + 1) % 10] for i in range(n)]
    return replace(
        measures,
        attributes=pl.DataFrame(
            {
                "user_id": users,
                "name": ["country"] * n,
                "value": ["Iceland" if i % 6 == 0 else "Wales" for i in range(n)],
            }
        ),
        ties=pl.DataFrame({"user_id": users, "other_id": around, "weight": [2.0] * n}),
    )


@pytest.fixture(scope="module")
def texts(shoppers: Measures) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(len(shoppers.table), 384)).astype(np.float32)


@pytest.fixture(scope="module")
def fitted(shoppers: Measures, texts: np.ndarray) -> tuple[VectorModel, Vectors]:
    return fit_blocks(shoppers, texts, SETTINGS, 0)


def distance(values: np.ndarray) -> float:
    """Mean squared distance over all pairs of different or equal rows."""
    return float(((values[:, None, :] - values[None, :, :]) ** 2).sum(axis=2).mean())


def test_every_block_is_there_and_counts_by_its_weight(
    fitted: tuple[VectorModel, Vectors],
) -> None:
    _, vectors = fitted
    assert set(vectors.blocks) == {"tastes", "text", "rhythm", "value", "attributes", "ties"}
    for block, values in vectors.blocks.items():
        assert values.shape == (120, len(vectors.columns[block]))
        assert np.isfinite(values).all()
        assert distance(values) == pytest.approx(1.0, abs=1e-6), block
    assert distance(vectors.matrix()) == pytest.approx(sum(vectors.weights.values()), rel=1e-6)


def test_columns_can_be_read(fitted: tuple[VectorModel, Vectors]) -> None:
    columns = fitted[1].columns
    assert "category:shelf 03" in columns["tastes"]
    assert "evening_share" in columns["rhythm"]
    assert "attribute:country=Iceland" in columns["attributes"]
    latent = [c for c in columns["tastes"] if c.startswith("items alike to ")]
    assert latent
    assert all(c.removeprefix("items alike to ").startswith("Item ") for c in latent)
    assert any(c.startswith("people around u0") for c in columns["ties"])


@pytest.mark.parametrize("seed", range(4))
def test_row_order_changes_no_byte(
    seed: int, shoppers: Measures, texts: np.ndarray, tmp_path: Path
) -> None:
    shuffled = replace(
        shoppers,
        **{
            name: getattr(shoppers, name).sample(fraction=1.0, shuffle=True, seed=seed)
            for name in (
                "categories", "items", "category_tastes", "item_tastes",
                "attributes", "ties", "catalogue",
            )
        },
    )  # fmt: skip
    for name, measures in {"a": shoppers, "b": shuffled}.items():
        (tmp_path / name).mkdir()
        model, vectors = fit_blocks(measures, texts, SETTINGS, 0)
        model.save(tmp_path / name)
        vectors.save(tmp_path / name)
    for name in ("vectors.json", "vectors.npz", "placed.npz", "placed.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_loaded_model_places_one_user_as_the_fit_did(
    shoppers: Measures, texts: np.ndarray, fitted: tuple[VectorModel, Vectors], tmp_path: Path
) -> None:
    model, vectors = fitted
    model.save(tmp_path)
    one = pl.Series("user_id", [vectors.users[17]])
    alone = replace(
        shoppers,
        **{
            name: getattr(shoppers, name).filter(pl.col("user_id").is_in(one.implode()))
            for name in ("table", "categories", "items", "attributes")
        },
        ties=shoppers.ties.filter(pl.any_horizontal(pl.col("user_id", "other_id") == one[0])),
    )
    placed = VectorModel.load(tmp_path).transform(alone, texts[17:18])
    assert placed.users == [vectors.users[17]]
    for block, values in placed.blocks.items():
        np.testing.assert_allclose(values[0], vectors.blocks[block][17], atol=1e-9, err_msg=block)


def test_places_come_back_as_they_were_kept(
    fitted: tuple[VectorModel, Vectors], tmp_path: Path
) -> None:
    model, vectors = fitted
    model.save(tmp_path)
    with pytest.raises(RunError, match="earlier version; build the run again"):
        Vectors.load(tmp_path)
    vectors.save(tmp_path)
    kept = Vectors.load(tmp_path)
    assert (kept.users, kept.columns, kept.weights) == (
        vectors.users,
        vectors.columns,
        vectors.weights,
    )
    assert np.array_equal(kept.events, vectors.events)
    assert np.array_equal(kept.matrix(), vectors.matrix())


def test_thin_evidence_stays_near_the_population(shoppers: Measures) -> None:
    model, before = fit_blocks(shoppers, None, SETTINGS, 0)
    place = [i for i, c in enumerate(before.columns["tastes"]) if c.startswith("category:")]
    tastes = shoppers.item_tastes
    few = tastes["user_id"] == before.users[0]
    less = pl.when(few).then(0.01 * pl.col("weight")).otherwise(pl.col("weight"))
    thin = replace(shoppers, item_tastes=tastes.with_columns(less.alias("weight")))
    after = model.transform(thin, None)
    lean = np.linalg.norm(before.blocks["tastes"][0, place])
    assert np.linalg.norm(after.blocks["tastes"][0, place]) < 0.3 * lean
    np.testing.assert_array_equal(after.blocks["tastes"][1], before.blocks["tastes"][1])


def test_people_tied_to_each_other_lie_together(shoppers: Measures) -> None:
    _, vectors = fit_blocks(shoppers, None, VectorSettings(weights=parse_by("social")), 0)
    assert list(vectors.blocks) == ["ties"]
    x = vectors.blocks["ties"]
    circle = np.arange(len(x)) // 10
    apart = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    same = circle[:, None] == circle[None]
    assert apart[same].mean() < 0.5 * apart[~same].mean()


def test_by_presets_blocks_and_mixes() -> None:
    assert parse_by("social") == {"ties": 1.0}
    assert parse_by("tastes=2, ties=0.5") == {"tastes": 2.0, "ties": 0.5}
    mixed = parse_by("interest=0.5,tastes=1")
    assert mixed["tastes"] == pytest.approx(0.5 * parse_by("interest")["tastes"] + 1)
    assert "text" in mixed


@pytest.mark.parametrize("text", ["", "sociable", "social=", "social=x", "social=-1", "ties=nan"])
def test_by_says_what_is_wrong(text: str) -> None:
    with pytest.raises(SettingsError, match="--by"):
        parse_by(text)


def test_asking_for_what_the_log_does_not_hold() -> None:
    measures, _ = people(40, personas=2)
    with pytest.raises(SettingsError, match="ties"):
        fit_blocks(measures, None, VectorSettings(weights={"ties": 1.0}), 0)
