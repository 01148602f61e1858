"""A host opens a run once, talks in each scope, and outlives its model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.runs import Run
from agent.service.host import Host
from agent.settings import ModelSettings


def test_conversations_are_kept_and_share_what_was_opened(built: Path) -> None:
    with Host(built) as host:
        assert host.talk() is host.talk()
        assert host.talk().desk.world is host.talk("aggregate").desk.world
        assert host.talk("aggregate").desk.hidden
        assert host.agent.recommender is host.talk().desk.world.recommender
        assert (host.model_name, host.model_down) == ("extractive", None)


def test_a_new_version_is_opened_when_told(built: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(built, run, symlinks=True)
    with Host(run) as host:
        before = host.talk()
        assert not host.reload()
        _publish_again(run)
        assert host.talk() is before
        assert host.reload()
        assert host.version == 2
        assert host.talk() is not before
        assert before.ask("Which segments are there?").text  # whoever still has it is answered


def test_a_model_that_is_not_there_is_told_and_rules_answer(built: Path) -> None:
    with Host(built, ModelSettings(spec="http://127.0.0.1:9/v1")) as host:
        assert host.model_down is not None
        answer = host.talk().ask("Which segments are there?")
        assert answer.writer == "extractive"
        assert answer.citations


def test_a_model_that_cannot_be_used_is_told_and_tried_again(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ModelSettings(spec="http://127.0.0.1:9/v1", name="away")
    with Host(built, settings) as host:
        assert host.model_name == "away"
        first = host.talk().ask("Which segments are there?")
        assert "could not be used" in first.remark
        assert host.model_down is not None
        assert "could not be used" in host.talk().ask("Which segments are there?").remark
        monkeypatch.setattr("agent.chat.outage.RETRY_S", 0.0)
        assert "could not be used" in host.talk().ask("Which segments are there?").remark


def _publish_again(run: Path) -> None:
    """The same artefacts as version 2."""
    version = Run.open(run).version
    shutil.copytree(run / f"versions/{version}", run / f"versions/{version + 1}", symlinks=True)
    manifest = run / f"versions/{version + 1}/manifest.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content))
    (run / "CURRENT").write_text(f"{version + 1}\n")
