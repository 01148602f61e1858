"""Tools against the measures they speak of: every figure is counted again here."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from agent.chat.arguments import schema_of
from agent.chat.conversation import Conversation
from agent.chat.results import Result
from agent.chat.toolbox import BY_NAME, TOOLS, Toolbox
from agent.errors import UnknownNameError
from tests.chat.asking import Cast


@pytest.fixture
def box(talk: Conversation) -> Toolbox:
    return talk.toolbox


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("overview", {}),
    ("rank_segments", {"by": "total:spend"}),
    ("rank_segments", {"by": "weekend_share", "order": "least"}),
    ("rank_segments", {"by": "attribute:plan=plus"}),
    ("find_segments", {"words": "people with small babies"}),
    ("describe_segment", {"segment": "{first_id}"}),
    ("describe_segment", {"segment": "{first_id}", "detail": True}),
    ("compare_segments", {"segment": "{first_id}", "other": "{second_id}"}),
    ("compare_segments", {"segment": "{first_id}", "other": "none", "feature": "spend"}),
    ("segment_members", {"segment": "{first_id}"}),
    ("size_audience", {"conditions": [{"feature": "spend", "op": "at least", "value": 300}]}),
    ("summarise", {"feature": "spend", "segment": "{first_id}"}),
    ("break_down", {"attribute": "region"}),
    ("break_down", {"attribute": "plan", "feature": "weekend_share"}),
    ("when_active", {"by": "week"}),
    ("when_active", {"by": "time of year", "segment": "{first_id}"}),
    ("list_users", {"by": "visits", "segment": "{first_id}"}),
    ("users_like", {"user": "{user}"}),
    ("find_users", {"words": "bakes at the weekend", "segment": "{second_id}"}),
    ("user_profile", {"user": "{user}", "detail": True}),
    ("why_in_segment", {"user": "{user}"}),
    ("why_in_segment", {"user": "{user}", "segment": "{second_id}"}),
    ("segment_demand", {"segment": "{first_id}"}),
    ("segment_demand", {"segment": "{first_id}", "kind": "categories", "order": "popular"}),
    ("segment_demand", {}),
    ("segment_demand", {"kind": "categories"}),
    ("who_buys", {"item": "{item}"}),
    ("who_buys", {"category": "dog food"}),
    ("recommend", {"segment": "{first_id}"}),
    ("campaign_brief", {"segment": "{first_id}"}),
    ("export_audience", {"segment": "{first_id}"}),
    ("help", {"term": "lift"}),
]


def call(box: Toolbox, cast: Cast, name: str, arguments: dict[str, Any]) -> Result:
    filled = {k: cast.fill(v) if isinstance(v, str) else v for k, v in arguments.items()}
    return box.call(name, filled)


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=str)
def test_every_sentence_rests_on_records_that_hold_its_figures(
    name: str, arguments: dict[str, Any], box: Toolbox, cast: Cast
) -> None:
    result = call(box, cast, name, arguments)
    assert result.status == "found", result.text()
    assert result.said
    records = {citation.id: citation.text for citation in result.citations}
    catalogue = " ".join(box.desk.world.catalogue.titles.values())
    for said in result.said:
        assert set(said.facts) <= set(records)
        told = " ".join(records[fact] for fact in said.facts)
        told += " ".join(c.name + c.description for c in box.desk.world.segments.values())
        for figure in re.findall(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?", said.text):
            known = figure in told or figure in catalogue
            assert known or not said.facts or re.match(rf"{figure}\.", said.text), (figure, said)


def test_sizes_and_sums_are_those_of_the_measures(box: Toolbox, cast: Cast) -> None:
    world = box.desk.world
    first = cast.names["{first_id}"]
    members = [m.user_id for m in world.memberships if m.label == first]
    spend = world.measures.table.filter(pl.col("user_id").is_in(members))["spend"]
    ranked = box.call("rank_segments", {"by": "total:spend", "count": 25})
    told = {row["segment"]: row["value"] for row in ranked.data["segments"]}  # type: ignore
    assert told[first] == pytest.approx(spend.sum())
    assert list(told.values()) == sorted(told.values(), reverse=True)
    sized = box.call("size_audience", {"segment": first})
    assert sized.data["people"] == len(members)


def test_an_audience_is_counted_as_its_words_say(box: Toolbox) -> None:
    measures = box.desk.world.measures
    asked = [
        {"feature": "visits", "op": "at least", "value": 10},
        {"feature": "weekend_share", "op": "at most", "value": 30},
        {"feature": "attribute:region=London", "op": "is not"},
    ]
    result = box.call("size_audience", {"conditions": asked})
    london = measures.attributes.filter(
        (pl.col("name") == "region") & (pl.col("value") == "London")
    )["user_id"]
    table = measures.table
    wanted = table.filter(
        (pl.col("visits") >= 10)
        & (pl.col("weekend_share") <= 0.3)
        & ~pl.col("user_id").is_in(london.implode())
    )
    assert result.data["people"] == wanted.height
    assert f"{wanted.height} customers who" in result.said[0].text
    assert "made at least 10 visits" in result.said[0].text


def test_a_small_audience_is_neither_counted_nor_exported(box: Toolbox) -> None:
    for name in ("size_audience", "export_audience"):
        result = box.call(
            name, {"conditions": [{"feature": "spend", "op": "at least", "value": 9_000}]}
        )
        people = (box.desk.world.measures.table["spend"] >= 9_000).sum()
        assert 0 < people < 5
        assert result.status == "refused"
        assert str(people) not in result.text().replace("fewer than 5", "")


def test_names_the_run_lacks_come_back_with_what_is_near(box: Toolbox, cast: Cast) -> None:
    wrong = cast.names["{first}"][:-1] + "zz"
    assert cast.names["{first_id}"] in box.call("describe_segment", {"segment": wrong}).text()
    assert "weekend_share" in box.call("summarise", {"feature": "weekend_shar"}).text()
    user = cast.names["{user}"]
    assert user in box.call("user_profile", {"user": user + "0"}).text()
    for result in (
        box.call("describe_segment", {"segment": wrong}),
        box.call("describe_segment", {"segmnt": "s1"}),
        box.call("no_such_tool", {}),
        box.call("rank_segments", {"count": 1_000}),
    ):
        assert result.status == "unknown"
        assert not result.citations


def test_schemas_name_what_the_run_holds(box: Toolbox) -> None:
    world = box.desk.world
    for tool in TOOLS:
        schema = schema_of(tool.arguments, box.desk)
        assert "holds" not in str(schema)
        assert schema["type"] == "object"
    ranked = schema_of(BY_NAME["rank_segments"].arguments, box.desk)["properties"]["by"]["enum"]
    assert set(world.table.names) <= set(ranked)
    described = schema_of(BY_NAME["describe_segment"].arguments, box.desk)
    assert described["properties"]["segment"]["enum"] == list(world.segments)


def test_why_somebody_is_where_they_are_is_recomputed(box: Toolbox, cast: Cast) -> None:
    world = box.desk.world
    user, own = cast.names["{user}"], cast.names["{first_id}"]
    found = box.call("why_in_segment", {"user": user})
    row = world.vectors.users.index(user)
    distances = world.cores.distances(world.vectors.rows(np.array([row])))[0]
    assert found.data["segment"] == own
    assert found.data["in"] is True
    at = world.cores.segments.index(own)
    assert found.data["distance"] == pytest.approx(distances[at])
    blocks = found.data["blocks"]
    assert isinstance(blocks, dict)
    other = float(str(found.data["other_distance"]))
    assert sum(float(str(v)) for v in blocks.values()) == pytest.approx(other - distances[at])


def test_what_would_change_a_membership_does(box: Toolbox) -> None:
    """For all who are told what would: moved to those values, the other core is nearer."""
    from agent.chat.placing import place

    world, changed = box.desk.world, 0
    for user in world.vectors.users:
        found = place(world, user, None)
        if not found.change or found.other is None:
            continue
        own, goal = (found.segment, found.other) if found.inside else (found.other, found.segment)
        row = world.vectors.rows(np.array([world.vectors.users.index(user)]))
        k, m = (world.cores.segments.index(one) for one in (goal, own))
        for feature, _ in found.change:
            block = next(d.block for d in found.deciding if d.feature == feature)
            column = world.cores.columns[block].index(feature)
            row.blocks[block][0, column] = world.cores.centres[block][k, column]
        after = world.cores.distances(row)[0]
        assert after[k] < after[m]
        changed += 1
    assert changed > 0


def test_an_export_waits_for_a_person(talk: Conversation, cast: Cast, tmp_path: Any) -> None:
    answer = talk.ask(f"Export {cast.names['{first}']}")
    assert "Nothing is written yet" in answer.text
    (waiting,) = talk.pending()
    assert waiting.token not in answer.model_dump_json()
    file = tmp_path / "audience.csv"
    with pytest.raises(UnknownNameError, match="nothing waits"):
        talk.confirm("guess", str(file))
    assert not file.exists()
    written = talk.confirm(waiting.token, str(file))
    members = int(talk.desk.world.members[cast.names["{first_id}"]].sum())
    assert written == members == waiting.size
    assert len(file.read_text().splitlines()) == members + 1
    with pytest.raises(UnknownNameError):
        talk.confirm(waiting.token, str(file))
