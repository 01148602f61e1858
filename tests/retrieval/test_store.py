from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from retrieval.errors import StoreError
from retrieval.search import search
from retrieval.store import BATCH, Collection, Store

Matrix = npt.NDArray[np.float32]


def directions(count: int, width: int = 16) -> Matrix:
    rows = np.random.default_rng(3).normal(size=(count, width)).astype(np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "index", create=True) as made:
        yield made


@pytest.fixture
def shelf(store: Store) -> Collection:
    """Forty things on shelves 0 to 3."""
    collection = store.create("things")
    vectors = directions(40)
    collection.upsert(
        [f"t{n:02}" for n in range(40)],
        vectors,
        [{"shelf": n % 4, "name": f"thing {n}"} for n in range(40)],
        [f"text {n}" for n in range(40)],
    )
    return collection


def test_the_nearest_come_first_with_their_cosine(shelf: Collection) -> None:
    vectors = directions(40)
    query = vectors[7] + 0.1 * vectors[8]
    query /= np.linalg.norm(query)
    hits = search(shelf, query, count=5)
    cosines = vectors @ query
    best = np.argsort(-cosines)[:5]
    assert [hit.id for hit in hits] == [f"t{n:02}" for n in best]
    assert [hit.score for hit in hits] == pytest.approx(list(cosines[best]), abs=1e-5)
    assert hits[0].metadata == {"shelf": 3, "name": "thing 7"}
    assert hits[0].text == "text 7"


def test_a_filter_comes_before_ranking(shelf: Collection) -> None:
    vectors = directions(40)
    hits = search(shelf, vectors[7], count=10, where={"shelf": 2})
    assert len(hits) == 10
    assert {hit.metadata["shelf"] for hit in hits} == {2}
    both = {"$and": [{"shelf": {"$gte": 2}}, {"name": "thing 6"}]}
    assert [hit.id for hit in search(shelf, vectors[7], where=both)] == ["t06"]


def test_equal_scores_are_ranked_by_id(store: Store) -> None:
    collection = store.create("twins")
    ids = [f"x{n}" for n in (3, 1, 2, 0)]
    collection.upsert(ids, np.ones((4, 4), np.float32), [{"n": 1}] * 4, [""] * 4)
    assert [hit.id for hit in search(collection, np.ones(4, np.float32))] == sorted(ids)


def test_hits_under_the_least_score_are_left_out(shelf: Collection) -> None:
    assert [hit.id for hit in search(shelf, directions(40)[7], least=0.99)] == ["t07"]


class Letters:
    """An encoder that counts letters: enough to see that a text is encoded."""

    identity = "letters"

    def encode(self, ids: Sequence[str], texts: Sequence[str]) -> Matrix:
        rows = [[text.count(letter) for letter in "abcdefgh"] for text in texts]
        return np.array(rows, dtype=np.float32)


def test_a_text_query_is_encoded(store: Store) -> None:
    collection, encoder = store.create("letters"), Letters()
    names = ["abba", "cafe", "head"]
    collection.upsert(names, encoder.encode(names, names), [{"n": 1}] * 3, names)
    assert search(collection, "face", encoder=encoder, count=1)[0].id == "cafe"
    with pytest.raises(ValueError, match="encoder"):
        search(collection, "face")


def test_upsert_replaces_and_delete_removes(shelf: Collection) -> None:
    moved = -directions(40)[:1]
    shelf.upsert(["t00"], moved, [{"shelf": 9}], ["moved"])
    assert len(shelf) == 40
    assert search(shelf, moved[0], count=1)[0].metadata == {"shelf": 9}
    shelf.delete(["t00", "not there"])
    assert len(shelf) == 39
    assert "t00" not in {hit.id for hit in search(shelf, moved[0], count=40)}


def test_more_rows_than_one_call_takes(store: Store) -> None:
    count = BATCH + 500  # Chroma itself refuses more than 5,461
    collection = store.create("many")
    vectors = directions(count, width=4)
    collection.upsert(
        [f"m{n}" for n in range(count)], vectors, [{"n": n} for n in range(count)], [""] * count
    )
    assert len(collection) == count
    assert search(collection, vectors[-1], count=1)[0].score == pytest.approx(1, abs=1e-5)
    collection.delete([f"m{n}" for n in range(count)])
    assert len(collection) == 0
    assert search(collection, vectors[0]) == []


def test_it_can_be_closed_copied_and_opened_elsewhere(store: Store, shelf: Collection) -> None:
    before = search(shelf, directions(40)[7], count=3)
    store.close()
    copy = store.folder.with_name("copy")
    shutil.copytree(store.folder, copy)
    shutil.rmtree(store.folder)
    with Store(copy) as opened:
        assert opened.names() == ["things"]
        assert search(opened.collection("things"), directions(40)[7], count=3) == before


def test_creating_again_starts_empty(store: Store, shelf: Collection) -> None:
    assert len(store.create("things")) == 0


def test_a_missing_index_or_collection_says_so(tmp_path: Path, store: Store) -> None:
    with pytest.raises(StoreError, match=r"no index in .*nowhere"):
        Store(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"no collection 'people' \(it has: none"):
        store.collection("people")


def test_a_damaged_index_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreError, match="delete the folder and build the run again"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("ids", "rows", "metadata", "match"),
    [
        (["a", "a"], np.ones((2, 4)), {"n": 1}, "twice"),
        (["a"], np.ones((2, 4)), {"n": 1}, "equally many"),
        (["a", "b"], np.full((2, 4), np.nan), {"n": 1}, "finite"),
        (["a", "b"], np.ones((2, 4)), {}, "flat and not empty"),
        (["a", "b"], np.ones((2, 4)), {"n": [1]}, "flat and not empty"),
    ],
)
def test_bad_rows_are_refused(
    store: Store, ids: list[str], rows: Matrix, metadata: dict[str, int], match: str
) -> None:
    collection = store.create("bad")
    with pytest.raises(ValueError, match=match):
        collection.upsert(ids, rows.astype(np.float32), [metadata] * 2, ["", ""])
    assert len(collection) == 0
