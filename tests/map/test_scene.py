from __future__ import annotations

import numpy as np

from agent.map.aggregate import without_persons
from agent.map.scene import NONE
from tests.map.towns import town

SIZES = {"bakers": 23, "hosts": 12, "cooks": 4}
PARENTS = {"hosts": "homes", "cooks": "homes"}


def test_counts_add_up() -> None:
    scene = town(SIZES, noise=9, parents=PARENTS, unseen=3)
    assert scene.people == 23 + 12 + 4 + 9 + 3
    assert scene.noise == 9 + 3
    assert sum(group.size for group in scene.leaves) + scene.noise == scene.people
    for group in scene.leaves:
        assert (scene.leaf == group.leaf).sum() == group.size
    assert (scene.leaf == NONE).sum() == 9


def test_leaves_stand_under_their_parents_and_larger_ones_first() -> None:
    groups = town(SIZES, parents=PARENTS).groups
    assert [group.id for group in groups] == ["homes", "hosts", "cooks", "bakers"]
    assert [group.parent for group in groups] == [None, 0, 0, None]
    assert [group.leaf for group in groups] == [None, 0, 1, 2]


def test_people_in_no_segment_stay_there_and_their_leaning_is_told() -> None:
    scene = town({"bakers": 8}, noise=2)
    assert scene.leaf.tolist() == [0] * 8 + [NONE] * 2
    assert scene.strongest.tolist() == [0] * 10
    assert scene.weight.tolist() == [0.8] * 8 + [0.41] * 2


def test_a_segment_is_named_where_its_people_stand() -> None:
    scene = town(SIZES, noise=5)
    for group in scene.leaves:
        assert group.heart is not None
        assert list(group.heart) in scene.places[scene.leaf == group.leaf].tolist()


def test_one_segment_for_everybody_is_a_map_too() -> None:
    scene = town({"everyone": 4})
    assert (len(scene.groups), scene.people, scene.noise) == (1, 4, 0)


def test_the_aggregate_holds_no_person_and_no_small_group() -> None:
    full = town(SIZES, noise=9, parents=PARENTS)
    scene = without_persons(full, 5)
    assert (scene.users, scene.headlines) == ([], [])
    assert not scene.weight.any()
    assert [(g.id, g.size, g.parent, g.leaf) for g in scene.groups] == [
        ("homes", 10, None, None),
        ("hosts", 10, 0, 0),
        ("bakers", 20, None, 1),
    ]
    assert (scene.noise, scene.people, scene.rounded) == (5, 35, 5)
    # Nor can a count be had by counting dots.
    assert [int((scene.leaf == leaf).sum()) for leaf in (NONE, 0, 1)] == [5, 10, 20]
    assert scene.places.tolist() == sorted(scene.places.tolist(), key=lambda place: place[::-1])
    drawn = {tuple(place) for place in scene.places.tolist()}
    assert drawn < {tuple(place) for place in full.places.tolist()}


def test_the_aggregate_does_not_name_a_hidden_group() -> None:
    whys = {"hosts": "Unlike The cooks, they host.", "bakers": "Unlike The hosts, they bake."}
    scene = without_persons(town(SIZES, whys=whys), 5)
    assert {group.id: group.why for group in scene.leaves} == {
        "bakers": whys["bakers"],
        "hosts": "",
    }


def test_where_every_group_is_small_the_aggregate_is_empty() -> None:
    scene = without_persons(town({"bakers": 4, "hosts": 3}, noise=2), 5)
    assert (scene.groups, scene.people, len(scene.places)) == ([], 0, 0)
    assert scene.leaf.dtype == np.int64
