"""Who gets in: by name, origin, key, size and rate; and what every response carries."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent.errors import SettingsError
from agent.models.opening import ModelSettings
from agent.service.app import create_app
from agent.service.guard import is_ours
from agent.service.host import Host
from agent.service.keys import Keys, Reader
from agent.service.limits import Rates
from agent.service.serving import serve
from agent.service.settings import ServiceSettings
from tests.service.conftest import ADDRESS, AGGREGATE, ANALYST
from tests.service.test_rest import problem

LOGIN = "ann:correct horse"


@contextmanager
def served(opened: Host, keys: Keys, **settings: object) -> Iterator[TestClient]:
    """A service with settings of its own."""
    made = ServiceSettings.model_validate(settings)
    with TestClient(create_app(opened, made, keys, pages=False), base_url=ADDRESS) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:7860"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "192.168.1.10:7860"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/v1/segments", "/mcp", "/metrics", "/healthz"])
def test_foreign_requests_are_refused(
    client: TestClient, headers: dict[str, str], path: str
) -> None:
    problem(client.get(path, headers=headers), 403)
    problem(client.post(path, headers=headers, json={}), 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:7860"},
        {"Host": "LOCALHOST"},
        {"Host": "[::1]:7860"},
        {"Origin": ADDRESS},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    ],
)
def test_own_requests_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/v1/run", headers=headers).status_code == 200


def test_names_of_a_proxy_are_given(host: Host, keys: Keys) -> None:
    with served(host, keys, allow_hosts=("people.example",)) as client:
        own = {"Host": "people.example", "Authorization": f"Bearer {ANALYST}"}
        assert client.get("/v1/run", headers=own).status_code == 200
        origin = {**own, "Origin": "https://people.example"}
        assert client.get("/v1/run", headers=origin).status_code == 200
        problem(client.get("/v1/run", headers={**own, "Host": "other.example"}), 403)
        # Whoever is let in from outside needs a key, even where the proxy is on this machine.
        problem(client.get("/v1/run"), 401)


def test_a_key_has_a_scope_and_a_wrong_one_is_no_key(
    client: TestClient, hidden: TestClient
) -> None:
    assert client.get("/v1/run").json()["scope"] == "analyst"
    assert hidden.get("/v1/run").json()["scope"] == "aggregate"
    wrong = client.get("/v1/run", headers={"Authorization": "Bearer nobody-has-this-key"})
    problem(wrong, 401)
    assert wrong.headers["www-authenticate"].startswith("Basic")


def test_elsewhere_everything_but_health_needs_a_key_or_login(host: Host) -> None:
    keys = Keys.read(environment={"FOLKMAP_ANALYST_KEY": ANALYST, "FOLKMAP_LOGIN": LOGIN})
    with served(host, keys, host="0.0.0.0") as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/", "/v1/segments", "/mcp", "/metrics", "/docs", "/openapi.json"):
            problem(client.get(path), 401)
        assert client.get("/v1/run", headers=_basic(LOGIN)).status_code == 200
        assert client.get("/v1/run", headers=_basic(f"anybody:{ANALYST}")).status_code == 200
        problem(client.get("/v1/run", headers=_basic("ann:wrong horse")), 401)
        assert client.get("/v1/run", headers=_basic(LOGIN) | {"Host": "10.0.0.7"}).is_success
        problem(client.get("/v1/run", headers=_basic(LOGIN) | {"Host": "a.example"}), 403)
        assert "security" in client.get("/openapi.json", headers=_basic(LOGIN)).json()


def test_guessing_keys_is_slowed_down(host: Host, keys: Keys) -> None:
    with served(host, keys) as client:
        wrong = {"Authorization": "Bearer nobody-has-this-key"}
        found = [client.get("/v1/run", headers=wrong).status_code for _ in range(12)]
        assert found[:10] == [401] * 10
        assert found[-1] == 429
        assert client.get("/v1/run").status_code == 200


def test_binding_elsewhere_demands_a_key() -> None:
    for settings in (ServiceSettings(host="0.0.0.0"), ServiceSettings(allow_hosts=("a.example",))):
        with pytest.raises(SettingsError, match="key"):
            serve(None, ModelSettings(), settings, Keys(), print)


def test_large_requests_are_refused_before_they_are_read(host: Host, keys: Keys) -> None:
    with served(host, keys, body_bytes=2_000) as client:
        problem(client.post("/v1/ask", json={"question": "x" * 3_000}), 413)

        def pieces() -> Iterator[bytes]:
            yield from [b'{"question": "', *[b"x" * 500] * 10, b'"}']

        json = {"Content-Type": "application/json"}
        problem(client.post("/v1/ask", content=pieces(), headers=json), 413)
        problem(client.post("/mcp", content=pieces(), headers=json), 413)


def test_a_client_that_asks_too_often_is_told_when_to_come_back(host: Host, keys: Keys) -> None:
    with served(host, keys, rate=0.5, burst=3) as client:
        found = [client.get("/v1/run") for _ in range(4)]
        assert [one.status_code for one in found] == [200, 200, 200, 429]
        problem(found[-1], 429)
        assert int(found[-1].headers["retry-after"]) >= 1
        # Others are not held up by it.
        other = {"Authorization": f"Bearer {AGGREGATE}"}
        assert client.get("/v1/run", headers=other).status_code == 200


def test_rates_fill_up_again() -> None:
    now = 0.0
    rates = Rates(2.0, 2, clock=lambda: now)
    assert [rates.wait_for("a") for _ in range(3)] == [0.0, 0.0, 0.5]
    now = 0.5
    assert rates.wait_for("a") == 0.0
    assert rates.wait_for("a") > 0


def test_too_many_questions_at_once_come_back_later(
    host: Host, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(host, keys, chats=1) as client:
        monkeypatch.setattr(client.app.state.service.chats, "_most", 0)  # type: ignore[attr-defined]
        for path, body in (
            ("/v1/ask", {"question": "Which segments are there?"}),
            ("/v1/ask", {"question": "Which segments are there?", "stream": True}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}]}),
        ):
            response = client.post(path, json=body)
            problem(response, 503)
            assert int(response.headers["retry-after"]) >= 1
        assert client.post("/v1/tools/overview", json={}).status_code == 200


def test_every_response_carries_its_policy(client: TestClient) -> None:
    for path in ("/v1/segments", "/v1/nothing", "/"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert ("default-src 'none'" in policy) == is_ours(path)
    foreign = client.get("/v1/run", headers={"Host": "evil.example"})
    assert "content-security-policy" in foreign.headers


def test_the_reference_fetches_nothing(client: TestClient) -> None:
    page = client.get("/docs")
    assert "/v1/segments" in page.text
    assert "http://" not in page.text.replace("http://127.0.0.1", "")
    assert "<script" not in page.text


def test_keys_come_from_files_and_no_message_repeats_one(tmp_path: Path) -> None:
    keys, logins = tmp_path / "keys", tmp_path / "logins"
    keys.write_text(f"# ours\nanalyst {ANALYST}\n\naggregate {AGGREGATE}\n")
    logins.write_text(f"{LOGIN}\n")
    found = Keys.read(keys, logins, environment={})
    reader = found.reader(f"Bearer {AGGREGATE}")
    assert reader is not None
    assert reader.scope == "aggregate"
    assert AGGREGATE not in repr(reader)
    assert isinstance(found.reader(_basic(LOGIN)["Authorization"]), Reader)
    assert found.reader("Bearer ") is None
    assert found.reader("Basic !") is None
    for wrong in ("analyst short", "boss a-key-of-some-length", "aggregate two words-in-a-key"):
        keys.write_text(wrong)
        with pytest.raises(SettingsError) as caught:
            Keys.read(keys, environment={})
        assert wrong.split()[-1] not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        Keys.read(Path("sk-a-secret-typed-in-place-of-a-file"), environment={})
    assert "sk-a-secret" not in str(caught.value)


def _basic(login: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
