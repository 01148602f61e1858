"""The Python API: what people add to a run, a model that answers, cards for a notebook."""

from __future__ import annotations

import asyncio
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agent import SegmentAgent
from agent.errors import SettingsError, UnknownNameError
from agent.models.scripted import ScriptedModel
from agent.notebook import answer_html, segment_html
from agent.records import Answer, Citation, Feedback
from agent.state import State
from tests.runs import beside, folkmap


@pytest.fixture(scope="module")
def run(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small shop's run, to be written to."""
    copy = tmp_path_factory.mktemp("edited") / "shop"
    shutil.copytree(built, copy, symlinks=True)
    return copy


@pytest.fixture
def agent(run: Path) -> SegmentAgent:
    (run / "state.sqlite").unlink(missing_ok=True)
    return SegmentAgent.open(run)


def categories(agent: SegmentAgent, user: str) -> list[str]:
    """The first category of each item of the top ten."""
    places = agent.recommender.places
    return [
        places.categories[places.items.index(one.item_id)][0] for one in agent.recommend(user).items
    ]


def test_an_edit_is_kept_beside_the_facts_and_can_be_taken_back(agent: SegmentAgent) -> None:
    before = agent.profile("u0001")
    card = agent.edit_profile("u0001", add=["books"], strike=["Dog  food", "slow cooking"])
    assert [(one.name, one.stance) for one in card.statements] == [
        ("Books", "added"), ("Dog food", "struck"), ("slow cooking", "struck"),
    ]  # fmt: skip
    assert (card.facts, card.interests) == (before.facts, before.interests)
    assert "Added by hand: Books" in card.text({})
    card = agent.edit_profile("u0001", add=["dog food"], withdraw=["BOOKS"])
    assert [(one.name, one.stance) for one in card.statements] == [
        ("Dog food", "added"), ("slow cooking", "struck"),
    ]  # fmt: skip


def test_an_edit_moves_recommendations_the_way_it_says(agent: SegmentAgent) -> None:
    for user in ("u0003", "u0040", "u0100"):
        liked = categories(agent, user)[0]
        agent.edit_profile(user, strike=[liked])
        assert categories(agent, user).count(liked) == 0, user
        other = "Lighting" if liked != "Lighting" else "Books"
        before = categories(agent, user).count(other)
        agent.edit_profile(user, add=[other])
        assert categories(agent, user).count(other) > before, user
        agent.edit_profile(user, withdraw=[liked, other])
        assert categories(agent, user)[0] == liked, user


def test_an_edit_that_cannot_be_kept_keeps_nothing(agent: SegmentAgent) -> None:
    with pytest.raises(UnknownNameError, match="no user 'nobody'"):
        agent.edit_profile("nobody", add=["Books"])
    with pytest.raises(UnknownNameError, match="never stated 'Toys'"):
        agent.edit_profile("u0001", add=["Books"], withdraw=["Toys"])
    with pytest.raises(SettingsError, match="named twice"):
        agent.edit_profile("u0001", add=["Books"], strike=["books"])
    with pytest.raises(SettingsError, match="1 to 200"):
        agent.edit_profile("u0001", add=["Books", " "])
    assert agent.profile("u0001").statements == ()


def test_edits_outlive_a_rebuild(agent: SegmentAgent, run: Path, shop: Path) -> None:
    agent.edit_profile("u0040", strike=["Running"])
    again = folkmap(
        "build", shop / "events.csv", *beside(shop), "--run", run, "--min-group", "6", "--json"
    )
    assert json.loads(again.out)["new"] is True
    assert [one.name for one in SegmentAgent.open(run).profile("u0040").statements] == ["Running"]


def test_a_hidden_item_is_not_recommended_until_shown(agent: SegmentAgent) -> None:
    first = agent.recommend("u0040", k=1).items[0]
    agent.hide_item("u0040", first.title)
    assert first.item_id not in [one.item_id for one in agent.recommend("u0040").items]
    assert agent.why("u0040", first.item_id).status == "hidden"
    agent.show_item("u0040", first.item_id)
    assert agent.recommend("u0040", k=1).items[0] == first
    with pytest.raises(UnknownNameError, match="no item"):
        agent.hide_item("u0040", "no such thing")


def test_feedback_is_kept_once_an_answer_and_forgotten_with_whom_it_names(
    agent: SegmentAgent, run: Path
) -> None:
    agent.feedback(thread="t1", question="who is u0040?", answer="A runner.", verdict="up")
    agent.feedback(thread="t1", question="who is u0040?", answer="A runner.", verdict="down",
                   words=" wrong ")  # fmt: skip
    agent.feedback(thread="t2", question="how many?", answer="160", verdict="up")
    kept = State(run).feedback()
    assert Feedback(thread="t1", question="who is u0040?", answer="A runner.", verdict="down",
                    words="wrong") in kept  # fmt: skip
    assert len(kept) == 2
    agent.edit_profile("u0040", add=["Books"])
    assert State(run).forget_user("u004") == 0
    assert State(run).forget_user("u0040") == 2
    assert [one.thread for one in State(run).feedback()] == ["t2"]


# --- with a model ---------------------------------------------------------------------------------


def answers(messages: Any, options: Any) -> str | AIMessage:
    del options
    if isinstance(messages[-1], ToolMessage):
        lines = messages[-1].text.splitlines()
        size = json.loads(next(line for line in lines if line.startswith('{"id": "segment')))
        return f"{size['record']}. [{size['id']}]"
    call = {"name": "describe_segment", "args": {"segment": "s1"}, "id": "1"}
    return AIMessage("", tool_calls=[call])


def test_a_model_given_when_opened_answers(run: Path) -> None:
    with SegmentAgent.open(run, model=ScriptedModel(replies=answers)) as agent:
        asked = agent.ask("Who are s1?")
        *pieces, last = agent.stream("Who are s1?")

        async def whole() -> list[object]:
            return [piece async for piece in agent.astream("Who are s1?")]

        streamed = asyncio.run(whole())
        by_hand = agent.talk().ask("Who are s1?")
    assert asked.writer.startswith("scripted")
    assert isinstance(last, Answer)
    assert " ".join(map(str, pieces)) == last.text == asked.text == by_hand.text
    assert isinstance(streamed[-1], Answer)
    assert streamed[-1].text == asked.text


def test_a_model_may_be_named_as_on_the_command_line(run: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"match": "", "reply": "I can\'t tell."}\n')
    with SegmentAgent.open(run, model=f"scripted:{script}") as agent:
        assert agent.ask("Who are they?").writer == "scripted:script.jsonl"
    with SegmentAgent.open(run, model="extractive") as agent:
        assert agent.ask("Which is the largest segment?").writer == "extractive"
    with pytest.raises(SettingsError, match="not known"):
        SegmentAgent.open(run, model="gpt-9")


def test_its_tools_work_in_somebody_else_s_agent(agent: SegmentAgent) -> None:
    from langchain.agents import create_agent

    def replies(messages: list[BaseMessage], options: Any) -> str | AIMessage:
        offered = {tool["function"]["name"] for tool in options["tools"]}
        assert {"rank_segments", "recommend", "size_audience"} <= offered
        return answers(messages, options)

    tools = agent.as_tools()
    theirs = create_agent(ScriptedModel(replies=replies), tools)
    state = asyncio.run(theirs.ainvoke({"messages": [("user", "who are s1?")]}))
    assert "segment/s1/S1" in state["messages"][-1].text


# --- the command line -----------------------------------------------------------------------------


def test_profile_is_edited_on_the_command_line(agent: SegmentAgent, run: Path) -> None:
    liked = categories(agent, "u0040")[0]
    edited = folkmap("profile", "u0040", "--run", run, "--strike", liked, "--json")
    assert json.loads(edited.out)["statements"] == [{"name": liked, "stance": "struck"}]
    assert "Top ten recommendations, in:" in edited.err
    assert liked in folkmap("profile", "u0040", "--run", run).out.split("Struck out by hand:")[1]
    back = folkmap("profile", "u0040", "--run", run, "--withdraw", liked, "--json")
    assert json.loads(back.out)["statements"] == []
    refused = folkmap("profile", "u0040", "--run", run, "--edit")
    assert refused.status == 2
    assert "--strike" in refused.err


def test_somebody_new_is_recommended_to_by_what_they_like(agent: SegmentAgent, run: Path) -> None:
    items = agent.recommender.places.items
    options = ("--likes", items[0], "--likes", f"{items[5]}=0.5")
    told = json.loads(folkmap("recommend", *options, "--run", run, "--json").out)
    assert len(told["items"]) == 10
    assert not {items[0], items[5]} & {one["item_id"] for one in told["items"]}
    for likes, said in ((f"{items[0]}=lots", "write ITEM"), (f"{items[0]}=7", "-1 to 1")):
        refused = folkmap("recommend", "--likes", likes, "--run", run)
        assert refused.status == 1
        assert said in refused.err


# --- notebooks ------------------------------------------------------------------------------------


class Balanced(HTMLParser):
    """Fails on a tag left open, a script, or anything fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "link", "iframe", "style")
        assert not [name for name, _ in attrs if name not in ("style", "title")]
        self.open += [tag] if tag != "br" else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_cards_for_a_notebook_are_whole_and_fetch_nothing(agent: SegmentAgent) -> None:
    listed = agent.recommend("u0040", k=3)
    shown: list[Any] = [
        agent, agent.segments()[0], agent.profile("u0040"), listed,
        agent.why("u0040", listed.items[0].item_id), agent.ask("Which is the largest segment?"),
    ]  # fmt: skip
    for one in shown:
        Balanced(one._repr_html_())
    assert agent.segments()[0].name in shown[1]._repr_html_()
    assert listed.items[0].item_id in shown[3]._repr_html_()


def test_what_strangers_wrote_is_escaped_in_a_notebook(agent: SegmentAgent) -> None:
    evil = "<script>alert(1)</script>\"'>"
    card = agent.segments()[0].model_copy(update={"name": evil, "description": evil})
    answer = Answer(
        text=f"They buy {evil} [segment/s1/S1].", writer=evil, thread="t", tool_calls=(),
        citations=(Citation(id="segment/s1/S1", text=f'" onmouseover="x {evil}'),),
    )  # fmt: skip
    for html in (segment_html(card), answer_html(answer)):
        Balanced(html)
        assert "&lt;script&gt;" in html
