from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from agent.prompting import prompt_hash, prompt_source, render

PROMPTS = Path(__file__).parents[1] / "prompts"


def test_the_encoder_sees_what_a_person_is_after() -> None:
    text = render("embed_profile", interests=["bunting", "garlands"], facts=["3 orders"])
    assert text == "Into bunting, garlands."


def test_without_interests_it_sees_the_facts() -> None:
    assert render("embed_profile", interests=[], facts=["one order", "web"]) == "one order. web."


def test_what_strangers_wrote_is_only_text() -> None:
    text = render("embed_profile", interests=["{% x %}", "{{ 7 * 7 }} <b>"], facts=[])
    assert text == "Into {% x %}, {{ 7 * 7 }} <b>."


def test_a_missing_value_is_fatal() -> None:
    with pytest.raises(UndefinedError, match="facts"):
        render("embed_profile", interests=[])


def test_a_missing_prompt_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        prompt_source("no_such_prompt")


def test_the_hash_is_of_the_text() -> None:
    prompts = sorted(path.stem for path in PROMPTS.glob("*.jinja"))
    hashes = [prompt_hash(name) for name in prompts]
    assert len(set(hashes)) == len(prompts)
    assert all(len(found) == 16 and int(found, 16) >= 0 for found in hashes)


def test_every_prompt_is_in_the_map_and_every_test_it_names_exists() -> None:
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in (PROMPTS / "README.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert {row[0] for row in rows} == {path.name for path in PROMPTS.glob("*.jinja")}
    assert all((PROMPTS.parent / row[-1]).is_file() for row in rows)
