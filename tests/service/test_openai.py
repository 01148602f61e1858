"""The official OpenAI client against the service, over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import openai
import pytest

from agent.service.host import Host
from agent.service.keys import Keys
from tests.chat.asking import Cast
from tests.service.conftest import AGGREGATE
from tests.service.running import running


@pytest.fixture(scope="module")
def address(host: Host, keys: Keys) -> Iterator[str]:
    with running(host, keys) as address:
        yield address


@pytest.fixture(scope="module")
def chat(address: str) -> Iterator[openai.OpenAI]:
    # Its own client, so that no proxy of this machine's is asked.
    with httpx.Client(trust_env=False) as direct:
        yield openai.OpenAI(
            base_url=f"{address}/v1", api_key=AGGREGATE, http_client=direct, max_retries=0
        )


def test_a_question_and_a_follow_up(chat: openai.OpenAI, host: Host) -> None:
    assert chat.models.list().data[0].id == "folkmap"
    first = {"role": "user", "content": "Which segment is the largest?"}
    answer = chat.chat.completions.create(model="folkmap", messages=[first])  # type: ignore[list-item]
    said = answer.choices[0].message
    sizes = sorted(host.world.leaves.values(), key=lambda card: -card.size)
    assert said.content is not None
    assert sizes[0].name in said.content
    messages = [first, {"role": "assistant", "content": said.content},
                {"role": "user", "content": "and the second largest?"}]  # fmt: skip
    again = chat.chat.completions.create(model="folkmap", messages=messages)  # type: ignore[arg-type]
    assert sizes[1].name in str(again.choices[0].message.content)


def test_a_stream_adds_up_to_the_answer(chat: openai.OpenAI) -> None:
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Which segments are there?"}]}
    ]
    stream = chat.chat.completions.create(model="folkmap", messages=messages, stream=True)  # type: ignore[call-overload]
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert len(chunks) > 3
    assert chunks[-1].choices[0].finish_reason == "stop"
    whole = chat.chat.completions.create(model="folkmap", messages=messages)  # type: ignore[call-overload]
    assert text == whole.choices[0].message.content


def test_the_scope_of_the_key_holds(chat: openai.OpenAI, cast: Cast) -> None:
    asked = {"role": "user", "content": f"Who is {cast.names['{user}']}?"}
    answer = chat.chat.completions.create(model="folkmap", messages=[asked])  # type: ignore[list-item]
    assert "single customers" in str(answer.choices[0].message.content)


def test_errors_reach_the_client_as_its_own(chat: openai.OpenAI) -> None:
    asked = {"role": "user", "content": "Which segments are there?"}
    with pytest.raises(openai.NotFoundError) as missing:
        chat.chat.completions.create(model="gpt-4o", messages=[asked])  # type: ignore[list-item]
    assert "no model 'gpt-4o'" in missing.value.response.json()["detail"]
    with pytest.raises(openai.UnprocessableEntityError):
        chat.chat.completions.create(model="folkmap", messages=[])
    with pytest.raises(openai.AuthenticationError):
        chat.with_options(api_key="nobody-has-this-key").models.list()
