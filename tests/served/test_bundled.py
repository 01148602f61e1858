"""The checkpoint that is shipped, served by a real vLLM, writes what it writes in the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.gpt.card import CARD
from agent.gpt.place import WEIGHTS
from agent.models.opening import open_model
from agent.profiles.lexicon import Lexicon
from agent.profiles.model_writer import ModelWriter
from agent.profiles.verifier import verify_profile
from agent.profiles.writer import Tally, write_profiles
from agent.records import Profile
from agent.settings import ModelSettings
from tests.profiles.facts import CATEGORIES, SHOP, TITLES, any_evidence

pytestmark = [
    pytest.mark.served,
    pytest.mark.skipif(not (WEIGHTS / CARD).exists(), reason="no weights are shipped"),
]

NAMES = (*TITLES["purchases"], *CATEGORIES["purchases"])
LEXICON = Lexicon(TITLES["purchases"], CATEGORIES["purchases"], SHOP)
PEOPLE = [any_evidence(4 * user)[0] for user in range(16)]


def written(spec: str, run: Path) -> tuple[list[Profile], Tally]:
    tally = Tally()
    model = open_model(ModelSettings(spec=spec, temperature=0), run=run)
    assert model is not None
    with model:
        profiles = list(
            write_profiles(
                PEOPLE,
                SHOP,
                LEXICON,
                writer=ModelWriter(model, NAMES, short=model.short),
                seed=0,
                tally=tally,
                concurrency=16,
            )
        )
    return profiles, tally


def test_served_or_not_it_writes_true_profiles(tmp_path: Path) -> None:
    here, _ = written("bundled", tmp_path / "here")
    there, tally = written("vllm:bundled", tmp_path / "there")
    for profile, evidence in zip(there, PEOPLE, strict=True):
        assert verify_profile(profile, evidence, LEXICON) == []
    assert tally.passed >= 0.9 * tally.sentences
    # Rounding may tip a tie between two words, and the rest of the text with it.
    alike = sum(a.headline == b.headline for a, b in zip(here, there, strict=True))
    assert alike >= len(PEOPLE) // 2
