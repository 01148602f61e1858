from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from agent.prompting import prompt_hash, prompt_source, render

PROMPTS = Path(__file__).parents[1] / "prompts"


def test_the_encoder_sees_headline_interests_and_sentences() -> None:
    text = render(
        "embed_profile",
        headline="Party supplier restocking bunting weekly",
        interests=["bunting", "garlands"],
        sentences=["Orders almost every week.", "Spending has halved since June."],
    )
    assert text == (
        "Party supplier restocking bunting weekly. bunting, garlands. Orders almost every week. "
        "Spending has halved since June."
    )


def test_a_profile_without_interests_leaves_no_gap() -> None:
    text = render("embed_profile", headline="One visit", interests=[], sentences=["A b."])
    assert text == "One visit. A b."


def test_what_strangers_wrote_is_only_text() -> None:
    text = render("embed_profile", headline="{{ 7 * 7 }} <b>", interests=["{% x %}"], sentences=[])
    assert text == "{{ 7 * 7 }} <b>. {% x %}."


def test_a_missing_value_is_fatal() -> None:
    with pytest.raises(UndefinedError, match="sentences"):
        render("embed_profile", headline="x", interests=[])


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
