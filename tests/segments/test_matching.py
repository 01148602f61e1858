from __future__ import annotations

from agent.segments.matching import match_segments


def members(*numbers: int) -> set[str]:
    return {f"u{n:02d}" for n in numbers}


def test_first_build_numbers_by_size_then_by_smallest_user() -> None:
    groups = [members(7, 8), members(1, 2, 3), members(4, 5)]
    assert match_segments(None, groups) == ["s3", "s1", "s2"]
    assert match_segments(None, groups, prefix="g") == ["g3", "g1", "g2"]


def test_ids_follow_members_whatever_the_order_of_clusters() -> None:
    before = {"s1": members(*range(10)), "s2": members(*range(10, 18))}
    now = [members(*range(11, 19)), members(*range(1, 10), 30)]
    assert match_segments(before, now) == ["s2", "s1"]


def test_a_new_group_gets_a_number_never_used_before() -> None:
    before = {"s1": members(*range(10)), "s4": members(*range(10, 18))}
    now = [members(*range(10)), members(40, 41, 42)]
    assert match_segments(before, now, used={"s1", "s4", "s6"}) == ["s1", "s7"]


def test_a_split_leaves_the_id_to_the_half_that_shares_most() -> None:
    before = {"s1": members(*range(10))}
    assert match_segments(before, [members(0, 1, 2), members(*range(3, 10))]) == ["s2", "s1"]


def test_too_little_overlap_is_no_match() -> None:
    before = {"s1": members(*range(10))}
    now = [members(0, *range(20, 29))]
    # Nine of the ten left: what one of them is in now is not the segment that was.
    assert match_segments(before, now) == ["s2"]
    assert match_segments({**before, "s2": members(*range(20, 29))}, now) == ["s2"]


def test_new_users_do_not_dissolve_a_segment() -> None:
    before = {"s1": members(*range(10)), "s2": members(*range(10, 20))}
    now = [members(*range(20, 60), *range(10)), members(*range(10, 20))]
    assert match_segments(before, now) == ["s1", "s2"]
