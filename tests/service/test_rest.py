"""REST: every route gives its record, in each scope; whatever goes wrong is a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from agent.cards import ProfileCard, SegmentCard
from agent.chat.results import Result
from agent.chat.toolbox import TOOLS
from agent.recommend.cards import PlacementCard, Recommendations
from agent.records import Answer
from agent.service.host import Host
from tests.chat.asking import Cast


def problem(response: httpx.Response, status: int) -> str:
    """The detail of a problem of that status, its shape checked."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    content = response.json()
    assert content["status"] == status
    assert content["title"]
    return str(content["detail"])


def test_segments_are_the_cards_of_the_run(client: TestClient, host: Host, cast: Cast) -> None:
    cards = [SegmentCard.model_validate(one) for one in client.get("/v1/segments").json()]
    assert cards == host.agent.segments()
    first = client.get(f"/v1/segments/{cast.names['{first_id}']}").json()
    assert SegmentCard.model_validate(first) in cards
    by_name = client.get(f"/v1/segments/{cast.names['{first}']}").json()
    assert by_name == first


def test_members_come_in_pages(client: TestClient, host: Host, cast: Cast) -> None:
    segment = cast.names["{first_id}"]
    everybody = host.agent.members(segment)
    first = client.get(f"/v1/segments/{segment}/members", params={"limit": 3}).json()
    second = client.get(f"/v1/segments/{segment}/members", params={"limit": 3, "offset": 3}).json()
    found = [one["user_id"] for one in (*first["members"], *second["members"])]
    assert found == [one.user_id for one in everybody[:6]]
    assert first["size"] == len(everybody)


def test_two_segments_are_compared(client: TestClient, cast: Cast) -> None:
    path = f"/v1/segments/{cast.names['{first_id}']}/compare/{cast.names['{second_id}']}"
    result = Result.model_validate(client.get(path).json())
    assert result.tool == "compare_segments"
    assert result.citations


def test_a_user_has_a_profile_memberships_and_reasons(
    client: TestClient, host: Host, cast: Cast
) -> None:
    user = cast.names["{user}"]
    card = ProfileCard.model_validate(client.get(f"/v1/users/{user}").json())
    assert card == host.agent.profile(user)
    memberships = client.get(f"/v1/users/{user}/memberships").json()
    assert sum(one["weight"] for one in memberships["weights"]) == pytest.approx(1)
    why = client.get(f"/v1/users/{user}/memberships/{cast.names['{second_id}']}")
    assert user in Result.model_validate(why.json()).text()


def test_recommendations_carry_shares_that_add_up(client: TestClient, cast: Cast) -> None:
    user = cast.names["{user}"]
    found = Recommendations.model_validate(
        client.get(f"/v1/users/{user}/recommendations", params={"k": 3}).json()
    )
    assert len(found.items) == 3
    for one in found.items:
        assert sum(share.share for share in one.because) == pytest.approx(one.score, abs=1e-5)
    item = found.items[0].item_id
    why = PlacementCard.model_validate(
        client.get(f"/v1/users/{user}/recommendations/{item}").json()
    )
    assert why.rank == 1
    assert why.because == found.items[0].because


@pytest.mark.parametrize(
    "asked", [{"user": "{user}"}, {"segment": "{first_id}"}, {"taste": "tea"}, {"likes": "{item}"}]
)
def test_anybody_can_be_recommended_for(
    client: TestClient, cast: Cast, asked: dict[str, str]
) -> None:
    ((whom, name),) = asked.items()
    value = {cast.names["{item_id}"]: 1.0} if whom == "likes" else cast.fill(name)
    found = client.post("/v1/recommendations", json={whom: value, "k": 4})
    assert len(Recommendations.model_validate(found.json()).items) == 4


def test_exactly_one_says_whom(client: TestClient) -> None:
    problem(client.post("/v1/recommendations", json={"taste": "tea", "segment": "s1"}), 422)
    problem(client.post("/v1/recommendations", json={}), 422)


def test_a_hidden_item_is_gone_at_once_and_comes_back(client: TestClient, cast: Cast) -> None:
    path = f"/v1/users/{cast.names['{user}']}"
    first = client.get(f"{path}/recommendations").json()["items"][0]["item_id"]
    assert client.put(f"{path}/hidden/{first}").status_code == 204
    after = [one["item_id"] for one in client.get(f"{path}/recommendations").json()["items"]]
    assert first not in after
    assert client.delete(f"{path}/hidden/{first}").status_code == 204
    back = client.get(f"{path}/recommendations").json()["items"][0]["item_id"]
    assert back == first


def test_an_edit_is_kept_and_moves_the_list(client: TestClient, host: Host, cast: Cast) -> None:
    user = cast.names["{user}"]
    before = client.get(f"/v1/users/{user}/recommendations").json()
    category = next(iter(host.world.catalogue.of_category))
    edited = client.patch(f"/v1/users/{user}", json={"add": [category]})
    assert category in [one["name"] for one in edited.json()["statements"]]
    assert client.get(f"/v1/users/{user}").json() == edited.json()
    assert client.get(f"/v1/users/{user}/recommendations").json() != before
    client.patch(f"/v1/users/{user}", json={"withdraw": [category]})
    assert client.get(f"/v1/users/{user}/recommendations").json() == before


def test_a_question_is_answered_and_a_thread_kept(client: TestClient, cast: Cast) -> None:
    answer = Answer.model_validate(
        client.post("/v1/ask", json={"question": "Which segment is worth most?"}).json()
    )
    assert answer.citations
    again = client.post("/v1/ask", json={"question": "And the second?", "thread": answer.thread})
    assert again.json()["thread"] == answer.thread
    turns = client.get(f"/v1/threads/{answer.thread}").json()["turns"]
    assert [turn["question"] for turn in turns] == [
        "Which segment is worth most?",
        "And the second?",
    ]
    assert client.delete(f"/v1/threads/{answer.thread}").status_code == 204
    problem(client.get(f"/v1/threads/{answer.thread}"), 404)


def test_an_answer_streams_sentence_by_sentence(client: TestClient) -> None:
    asked = {"question": "Which segments are there?", "stream": True}
    with client.stream("POST", "/v1/ask", json=asked) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = list(_events(response.read().decode()))
    assert [name for name, _ in events[:-1]] == ["sentence"] * (len(events) - 1)
    assert len(events) > 2
    name, whole = events[-1]
    assert name == "answer"
    answer = Answer.model_validate(whole)
    told = " ".join(str(said["text"]) for _, said in events[:-1])
    assert re.sub(r"\W", "", told) == re.sub(r"\W", "", answer.text)


def _events(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    for block in text.strip().split("\n\n"):
        event, data = block.split("\n")
        yield event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_an_audience_is_sized_and_a_small_one_is_not_told(client: TestClient) -> None:
    condition = {"feature": "weekend_share", "op": "at least", "value": 0}
    sized = client.post("/v1/audiences/size", json={"conditions": [condition]}).json()
    assert sized["data"]["people"] > 100
    rare = {"feature": "spend", "op": "at least", "value": 10**9}
    none = client.post("/v1/audiences/size", json={"conditions": [rare]}).json()
    assert none["status"] == "nothing"


def test_an_export_needs_a_second_word(client: TestClient, host: Host, cast: Cast) -> None:
    prepared = client.post("/v1/exports", json={"segment": cast.names["{first_id}"]})
    assert prepared.status_code == 201
    waiting = prepared.json()
    assert waiting["token"] in [one["token"] for one in client.get("/v1/exports").json()]
    done = client.post(f"/v1/exports/{waiting['token']}")
    assert done.headers["content-type"].startswith("text/csv")
    lines = done.text.splitlines()
    assert lines[0] == "user_id,weight,headline"
    assert len(lines) - 1 == waiting["people"] == len(host.agent.members(cast.names["{first_id}"]))
    problem(client.post(f"/v1/exports/{waiting['token']}"), 404)
    problem(client.post("/v1/exports", json={}), 409)


def test_every_tool_is_listed_and_can_be_called(client: TestClient, cast: Cast) -> None:
    listed = client.get("/v1/tools").json()
    assert {one["name"] for one in listed} == {tool.name for tool in TOOLS}
    described = next(one for one in listed if one["name"] == "describe_segment")
    assert cast.names["{first_id}"] in described["parameters"]["properties"]["segment"]["enum"]
    result = client.post("/v1/tools/describe_segment", json={"segment": cast.names["{first_id}"]})
    assert Result.model_validate(result.json()).status == "found"
    problem(client.post("/v1/tools/export_audience", json={"segment": "s1"}), 404)


def test_feedback_is_taken(client: TestClient) -> None:
    given = {"thread": "t1", "question": "Who?", "answer": "They.", "verdict": "up"}
    assert client.post("/v1/feedback", json=given).status_code == 204
    problem(client.post("/v1/feedback", json={**given, "verdict": "maybe"}), 422)


def test_what_is_open_is_told(client: TestClient, host: Host) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/v1/run").json()["scope"] == "analyst"
    assert client.get("/v1/run/report").json()["users"] == host.agent.report["users"]
    assert client.post("/v1/reload").json() == {"version": host.version, "changed": False}
    client.get("/v1/users/u0001")
    metrics = client.get("/metrics").text
    assert 'route="/v1/users/{user}"' in metrics
    assert "u0001" not in metrics


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/segments/s99", 404),
        ("GET", "/v1/users/nobody", 404),
        ("GET", "/v1/nothing/here", 404),
        ("POST", "/v1/tools/overview", 422),
        ("GET", "/v1/threads/never-begun", 404),
        ("GET", "/v1/models/nothing", 404),
        ("DELETE", "/v1/segments", 405),
        ("GET", "/v1/ask", 405),
        ("GET", "/v1/segments/s1/members?limit=0", 422),
    ],
)
def test_what_goes_wrong_is_a_problem(
    client: TestClient, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    problem(response, status)
    assert status != 405 or response.headers["allow"]


@pytest.mark.parametrize("body", ["{", "[]", "null", '"text"', '{"question": 3}', '{"qestion": 3}'])
def test_a_body_that_does_not_fit_is_a_problem(client: TestClient, body: str) -> None:
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    problem(response, 422)
    assert response.json()["errors"]


# --- the aggregate scope -------------------------------------------------------------------------


def test_individuals_are_forbidden_known_or_not(hidden: TestClient, cast: Cast) -> None:
    details = {
        problem(hidden.request(method, path, json={} if method in ("POST", "PATCH") else None), 403)
        for user in (cast.names["{user}"], "nobody")
        for method, path in (
            ("GET", f"/v1/users/{user}"),
            ("PATCH", f"/v1/users/{user}"),
            ("GET", f"/v1/users/{user}/memberships"),
            ("GET", f"/v1/users/{user}/memberships/s1"),
            ("GET", f"/v1/users/{user}/recommendations"),
            ("GET", f"/v1/users/{user}/recommendations/p1"),
            ("PUT", f"/v1/users/{user}/hidden/p1"),
            ("GET", "/v1/segments/s1/members"),
            ("POST", "/v1/exports"),
            ("GET", "/v1/exports"),
            ("POST", "/v1/tools/user_profile"),
            ("GET", "/v1/run/report"),
            ("POST", "/v1/reload"),
        )
    }
    assert len(details) == 1
    problem(hidden.post("/v1/recommendations", json={"user": cast.names["{user}"]}), 403)


def test_no_response_names_a_user_or_counts_exactly(
    hidden: TestClient, host: Host, cast: Cast
) -> None:
    first, second = cast.names["{first_id}"], cast.names["{second_id}"]
    told = [
        hidden.get("/v1/segments").text,
        hidden.get(f"/v1/segments/{first}").text,
        hidden.get(f"/v1/segments/{first}/compare/{second}").text,
        hidden.post("/v1/audiences/size", json={"segment": first}).text,
        hidden.post("/v1/recommendations", json={"segment": first}).text,
        hidden.post("/v1/recommendations", json={"taste": "tea"}).text,
        hidden.post("/v1/recommendations", json={"likes": {cast.names["{item_id}"]: 1}}).text,
        hidden.post("/v1/ask", json={"question": f"Who is {cast.names['{user}']}?"}).text,
        hidden.post("/v1/tools/overview", json={}).text,
        hidden.get("/v1/tools").text,
    ]
    users = set(host.world.table.users)
    for text in told:
        assert not set(re.findall(r"[\w.-]+", text)) & users
    for card in json.loads(told[0]):
        assert card["size"] % host.world.min_group == 0
        assert not card["exemplars"]
        assert not any(fact["numbers"] for fact in card["facts"])


def test_the_aggregate_scope_recommends_without_shares(hidden: TestClient, cast: Cast) -> None:
    for asked in ({"segment": cast.names["{first_id}"]}, {"taste": "tea"}):
        items = hidden.post("/v1/recommendations", json=asked).json()["items"]
        assert items
        assert not any(one["because"] for one in items)


def test_threads_of_the_other_scope_are_not_there(client: TestClient, hidden: TestClient) -> None:
    thread = client.post("/v1/ask", json={"question": "Which segments are there?"}).json()["thread"]
    problem(hidden.get(f"/v1/threads/{thread}"), 404)
    problem(hidden.post("/v1/ask", json={"question": "And?", "thread": thread}), 404)
    problem(hidden.delete(f"/v1/threads/{thread}"), 404)
