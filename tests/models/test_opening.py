"""Values of --model: what they open, and one line for those that make no sense."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agent.errors import ModelError, SettingsError
from agent.models.opening import open_model, read_spec
from agent.settings import ModelSettings
from tests.models.asking import GOOD, ask
from tests.models.server import fails, little_server, says


def opened(run: Path, spec: str, **settings: object):
    return open_model(ModelSettings(spec=spec, **settings), run=run)


def test_extractive_is_no_model(tmp_path: Path) -> None:
    assert opened(tmp_path / "run", "extractive") is None
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("gpt-9", "vllm:FOLDER-OR-NAME, the URL"),
        ("", "is not known"),
        ("vllm:", "is not known"),
        ("scripted:", "is not known"),
        ("ftp://host", "is not known"),
        ("http://", "names no server"),
        ("http://host:port", "no proper URL"),
        ("https://me:secret@host/v1", "FOLKMAP_API_KEY"),
        ("https://host/v1?api_key=secret", "FOLKMAP_API_KEY"),
        ("scripted:missing.jsonl", "missing.jsonl cannot be read"),
    ],
)
def test_what_makes_no_sense_is_one_line(tmp_path: Path, spec: str, said: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        opened(tmp_path, spec)
    assert said in str(wrong.value)
    assert "secret" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("spec", ["extractive", "vllm:model", "scripted:file"])
def test_a_model_name_goes_with_a_url(spec: str) -> None:
    with pytest.raises(SettingsError, match="--model-name goes with the URL"):
        read_spec(ModelSettings(spec=spec, name="gpt-9"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
        ("http://[::1]:8000/proxy/v1", "http://[::1]:8000/proxy/v1"),
    ],
)
def test_a_url_is_taken_as_people_write_it(said: str, meant: str) -> None:
    assert read_spec(ModelSettings(spec=said)).target == meant


def test_the_only_model_of_a_server_needs_no_name(tmp_path: Path) -> None:
    with little_server(says(GOOD)) as server:
        model = opened(tmp_path, server.url)
        assert (model.name, model.identity) == ("little", "little")
        with model:
            assert ask(model).text == GOOD
    with (
        little_server(says(GOOD), models=("alpha", "beta")) as server,
        pytest.raises(ModelError, match=r"offers alpha, beta: name a model with --model-name"),
    ):
        opened(tmp_path, server.url)


def test_a_server_that_does_not_let_us_look(tmp_path: Path) -> None:
    with (
        little_server(fails(500), key="k") as server,
        pytest.raises(ModelError, match="does not take the key"),
    ):
        opened(tmp_path, server.url, retries=0)
    with pytest.raises(ModelError, match="cannot be reached"):
        opened(tmp_path, "http://127.0.0.1:9", retries=0)


def test_a_script_is_known_by_name_and_content(tmp_path: Path) -> None:
    script = tmp_path / "replies.jsonl"
    script.write_text('{"match": "u1", "reply": {"headline": "a"}}\n')
    with opened(tmp_path, f"scripted:{script}") as model:
        assert model.name == "scripted:replies.jsonl"
        assert ask(model).text == '{"headline": "a"}'
        assert not model.paid
    script.write_text('{"match": "u1", "reply": {"headline": "b"}}\n')
    with opened(tmp_path, f"scripted:{script}") as other:
        assert other.identity != model.identity
        assert ask(other).text == '{"headline": "b"}'  # not the answer kept for the old script


@pytest.mark.parametrize(
    ("spec", "prices", "paid"),
    [
        ("http://localhost:1/v1", {}, False),
        ("http://localhost:1/v1", {"price_out": 2.0}, True),
        ("https://api.example.com/v1", {}, True),
    ],
)
def test_what_may_cost_money(
    tmp_path: Path, spec: str, prices: dict[str, float], paid: bool
) -> None:
    with opened(tmp_path, spec, name="m", **prices) as model:
        assert model.paid is paid


def test_opening_imports_no_langchain() -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from agent.models.opening import open_model\n"
        "from agent.settings import ModelSettings\n"
        "open_model(ModelSettings(spec='http://localhost:1', name='m'), run=Path(sys.argv[1]))\n"
        "print({'langchain_openai', 'openai', 'langchain_core.language_models'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, "/nonexistent"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "set()\n"
