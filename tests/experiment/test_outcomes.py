"""Outcomes read back: what counts, what is told, and what is refused with its place."""

from pathlib import Path

import pytest

from agent.errors import InputError, SettingsError
from agent.experiment.outcomes import Observed, observe
from agent.experiment.report import read_effects

ARMS = "user_id,segment,arm,share\n" + "".join(
    f"u{n},s{n % 2 + 1},{'control' if n % 4 < 2 else 'treatment'},0.5\n" for n in range(40)
)


def seen(tmp_path: Path, text: str, **options: object) -> Observed:
    (tmp_path / "arms.csv").write_text(ARMS)
    (tmp_path / "out.csv").write_text(text)
    return observe(tmp_path / "arms.csv", tmp_path / "out.csv", **options)  # type: ignore[arg-type]


def test_users_without_an_outcome_count_as_zero_or_not_at_all(tmp_path: Path) -> None:
    text = "user_id,converted\nu1,1\nu2,0\nu3,yes\nstranger,1\nu1,0\n"
    zero = seen(tmp_path, text)
    assert (zero.kind, zero.absent, zero.strangers, zero.repeated) == ("rate", 37, 1, 1)
    assert (zero.users.height, zero.users["value"].sum()) == (40, 2.0)
    assert seen(tmp_path, text, missing="drop").users.height == 3


def test_amounts_of_one_user_add_up(tmp_path: Path) -> None:
    found = seen(tmp_path, 'Customer ID;Revenue\nu1;"2,50"\nu1;3\nu2;10,00\n')
    assert found.kind == "mean"
    assert dict(found.users.select("user_id", "value").iter_rows())["u1"] == 5.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user_id,converted\nu1,maybe\n", r"out.csv, line 2, column 'converted': 'maybe' is no"),
        ("user_id,converted\nu1,1\nu2,\n", r"out.csv, line 3, column 'converted': .* empty"),
        ("user_id,a,b\nu1,1,1\n", r"line 1: no column of outcomes found among .* --value COLUMN"),
        ("what,converted\nu1,1\n", r"line 1: no column of users found .* --user COLUMN"),
        ("user_id,converted\nz,1\n", r"no user of the assignment"),
        ("user_id,converted\n", r"no rows below"),
        ("", r"the file is empty"),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        seen(tmp_path, text)


def test_a_rate_of_amounts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3: 2 is neither 0 nor 1"):
        seen(tmp_path, "user_id,value\nu1,1\nu2,2\n", kind="rate")


def test_the_wrong_first_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("user_id,value\nu1,1\n")
    with pytest.raises(InputError, match=r"no column 'segment'; name the file"):
        observe(tmp_path / "out.csv", tmp_path / "out.csv")


def test_a_user_assigned_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text(ARMS + "u1,s1,control,0.5\n")
    (tmp_path / "out.csv").write_text("user_id,value\nu1,1\n")
    with pytest.raises(InputError, match=r"arms.csv, line 42, column 'user_id': a user a second"):
        observe(tmp_path / "arms.csv", tmp_path / "out.csv")


def test_people_lost_from_one_arm_are_a_mismatch(tmp_path: Path) -> None:
    whole = "user_id,value\n" + "".join(f"u{n},{n % 3 == 0:d}\n" for n in range(40))
    assert not read_effects(seen(tmp_path, whole)).sample_ratio.mismatch
    left = "user_id,value\n" + "".join(f"u{n},{n % 3 == 0:d}\n" for n in range(40) if n % 4 < 2)
    report = read_effects(seen(tmp_path, left, missing="drop"))
    assert report.sample_ratio.mismatch
    assert str(report).startswith("Do not trust")


def test_the_report_reads(tmp_path: Path) -> None:
    text = "user_id,value\n" + "".join(f"u{n},{n % 4 == 2:d}\n" for n in range(40))
    report = read_effects(seen(tmp_path, text), names={"s1": "Night owls", "s7": "unknown"})
    assert report.names == {"s1": "Night owls"}
    assert report.comparisons[0].overall.difference == pytest.approx(0.5)
    told = str(report)
    assert "treatment against control" in told
    assert "s1  Night owls: 0 % → 100 %, +100 points" in told
    assert "s2  not measured (every outcome is the same)" in told
    with pytest.raises(SettingsError, match="--against"):
        read_effects(seen(tmp_path, text), baseline="placebo")
