"""The gist of a profile is read from the same line, and the encoder sees the same text of it."""

from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.gist import Gist, encoder_text
from tests.profiles.facts import SHOP, any_evidence


def test_the_encoder_sees_the_same_text_of_either() -> None:
    for user in range(20):
        evidence, _ = any_evidence(4 * user)
        profile = ExtractiveWriter().write(evidence, SHOP, seed=0)
        for one in (profile, profile.model_copy(update={"interests": ()})):
            gist = Gist.model_validate_json(one.model_dump_json())
            assert gist.user_id == one.user_id
            assert encoder_text(gist) == encoder_text(one)
