"""The three real data sets, where they lie beside the checkout; their faults counted to the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.behaviour.events import Log, read_log
from agent.settings import ReadSettings

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")


def mooc(network: str) -> Log:
    folder = DATA / "mooc_ed_sna"
    return read_log(
        [folder / f"{network} Edgelist.csv"],
        attributes=folder / f"{network} Nodes.csv",
        settings=ReadSettings(),
    )


@needs_data
@pytest.mark.slow
def test_online_retail_is_accounted_for_to_the_row() -> None:
    log = read_log([DATA / "online_retail" / "online_retail.csv.gz"], settings=ReadSettings())
    assert log.report.rows.model_dump() == {
        "read": 541_909,
        "kept": 404_783,
        "dropped": {
            "no user": 135_080,
            "not goods (postage, fees, adjustments)": 2_006,
            "price of zero or less": 40,
        },
    }
    assert {"POST", "M", "D", "C2", "DOT", "BANK CHARGES", "CRUK"} <= set(log.report.not_goods)
    assert "PADS" in log.items["item_id"]
    assert log.events["user_id"].n_unique() == log.attributes.height == 4_362
    assert log.events.filter(action="return").height == 8_536
    assert "17850" in log.events["user_id"]


@needs_data
def test_movielens_is_read_whole_from_its_folder() -> None:
    log = read_log([DATA / "ml_latest_small"], settings=ReadSettings())
    assert log.report.rows.model_dump() == {"read": 104_519, "kept": 104_519, "dropped": {}}
    assert log.events["action"].value_counts(sort=True).rows() == [
        ("rate", 100_836),
        ("tag", 3_683),
    ]
    assert log.items.height == 9_742
    assert log.items.filter(item_id="1").rows() == [
        ("1", "Toy Story (1995)", ["Adventure", "Animation", "Children", "Comedy", "Fantasy"])
    ]
    assert set(log.report.passed_over) == {"README.txt", "links.csv", "movies.csv"}


@needs_data
@pytest.mark.parametrize(
    ("network", "read", "no_item", "self_ties", "clock"),
    [("DLT1", 2_529, 3, 86, True), ("DLT2", 2_584, 1, 25, False)],
)
def test_both_mooc_networks_need_no_flags(
    network: str, read: int, no_item: int, self_ties: int, clock: bool
) -> None:
    log = mooc(network)
    assert log.report.rows.model_dump() == {
        "read": read,
        "kept": read - no_item,
        "dropped": {"no item": no_item},
    }
    assert log.report.self_ties == self_ties
    assert log.ties["weight"].sum() == read - no_item - self_ties
    assert set(log.ties["user_id"]) <= set(log.events["user_id"]) <= set(log.attributes["user_id"])
    assert log.report.has_clock is clock
    assert log.report.files[0].file["line_ends"] == "CR"
    assert log.report.files[0].times.startswith("month first (a second number over 12)")
    assert set(log.report.refused) == {"gender"}
    assert log.report.item_noun == "discussion"
