"""Who gets what hangs on the experiment and the user alone; no group is too small to tell of."""

from collections import Counter
from pathlib import Path

import pytest

from agent.errors import SettingsError
from agent.experiment.assigning import HOLDOUT, Plan, assign, write_assignment
from agent.experiment.outcomes import observe

USERS = [f"u{n}" for n in range(20_000)]


def test_shares_are_kept_and_the_same_people_are_held_out_of_every_experiment() -> None:
    one, other = (Plan.of(name, ["a=3", "b=1"], 0.1) for name in ("spring", "autumn"))
    first, second = ({user: plan.arm_of(user) for user in USERS} for plan in (one, other))
    counts = Counter(first.values())
    for arm, share in {"a": 0.675, "b": 0.225, HOLDOUT: 0.1}.items():
        # five standard errors of a draw of 20,000
        assert abs(counts[arm] / len(USERS) - share) < 5 * (share * (1 - share) / len(USERS)) ** 0.5
    held = [{user for user, arm in arms.items() if arm == HOLDOUT} for arms in (first, second)]
    assert held[0] == held[1]
    larger = Plan.of("third", ["a", "b"], 0.2)
    assert all(larger.arm_of(user) == HOLDOUT for user in held[0])


def test_two_experiments_are_independent_of_each_other() -> None:
    one, other = (Plan.of(name, ["a", "b"]) for name in ("spring", "autumn"))
    both = Counter((one.arm_of(user), other.arm_of(user)) for user in USERS)
    assert all(abs(n / len(USERS) - 0.25) < 0.02 for n in both.values())


def test_who_else_is_there_and_what_segment_they_are_in_moves_nobody() -> None:
    plan = Plan.of("spring", ["a", "b"])
    all_of_them = assign(dict.fromkeys(USERS[:500], "s1"), plan, min_group=5)
    half = assign(dict.fromkeys(USERS[:500:2], "s2"), plan, min_group=5)
    arms = {one.user_id: one.arm for one in all_of_them}
    assert all(arms[one.user_id] == one.arm for one in half)


def test_a_group_that_is_too_small_is_refused_and_the_way_out_works() -> None:
    segments = {user: "s1" if n < 400 else "s2" for n, user in enumerate(USERS[:406])}
    plan = Plan.of("spring", ["a", "b"])
    with pytest.raises(SettingsError, match=r"1 of 2 segments .* s2 would have .* --segment s1"):
        assign(segments, plan, min_group=5)
    assert assign({u: s for u, s in segments.items() if s == "s1"}, plan, min_group=5)


@pytest.mark.parametrize(
    ("arms", "holdout"),
    [([], 0.0), (["a"], 0.0), (["a", "a"], 0.0), (["a=0", "b"], 0.0), (["a=x", "b"], 0.0),
     (["a=nan", "b"], 0.0), (["a=inf", "b"], 0.0), (["", "b"], 0.0), ([HOLDOUT, "b"], 0.1)],
)  # fmt: skip
def test_a_plan_that_compares_nothing_is_refused(arms: list[str], holdout: float) -> None:
    with pytest.raises(SettingsError):
        Plan.of("spring", arms, holdout)


def test_one_arm_beside_held_out_people_is_an_experiment() -> None:
    assert Plan.of("spring", ["treatment"], 0.2).shares == {"treatment": 0.8, HOLDOUT: 0.2}


def test_ids_that_a_spreadsheet_would_run_come_back_as_they_were(tmp_path: Path) -> None:
    users = ["=1+1", "+u", "'u", "'=u", "=u", *USERS[:40]]
    plan = Plan.of("spring", ["control", "treatment"])
    written = assign(dict.fromkeys(users, "s1"), plan, min_group=5)
    write_assignment(tmp_path / "arms.csv", written, plan)
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("user_id,value\n" + "".join(f'"{user}",1\n' for user in users))
    seen = observe(tmp_path / "arms.csv", outcomes)
    assert (seen.absent, seen.strangers) == (0, 0)
    assert set(seen.users["user_id"]) == set(users)
    assert seen.shares == {"control": 0.5, "treatment": 0.5}
