"""Sample sizes against published ones, and the two directions against each other."""

import pytest

from agent.errors import SettingsError
from agent.experiment.sizing import Design, Mean, Rate


def test_known_sample_sizes() -> None:
    # Fleiss's formula without continuity correction: .10 against .12 takes 3,841 a group, and
    # .05 against .10 takes 435; Cohen's d of .5 takes 63.
    assert Rate(0.10).users_for(0.02, Design()) == 3841
    assert Rate(0.05).users_for(0.05, Design()) == 435
    assert Mean(1.0).users_for(0.5, Design()) == 63


@pytest.mark.parametrize("outcome", [Rate(0.04), Rate(0.5), Rate(0.97), Mean(30.0)])
@pytest.mark.parametrize("users", [50, 400, 100_000])
def test_what_is_detectable_takes_so_many_users(outcome: Rate | Mean, users: int) -> None:
    for design in (Design(), Design(comparisons=12, power=0.9), Design(ratio=3.0)):
        smallest = outcome.detectable(users, design)
        if smallest is None:
            assert outcome == Rate(0.97)
        else:
            assert abs(outcome.users_for(smallest, design) - users) <= 1


def test_more_comparisons_and_more_power_take_more_users() -> None:
    plain = Rate(0.04).users_for(0.01, Design())
    assert plain < Rate(0.04).users_for(0.01, Design(comparisons=10))
    assert plain < Rate(0.04).users_for(0.01, Design(power=0.95))


def test_too_few_users_show_nothing() -> None:
    assert Rate(0.97).detectable(5, Design()) is None
    assert Mean(1.0).detectable(1, Design()) is None


def test_what_cannot_be_is_refused() -> None:
    for rate in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(SettingsError):
            Rate(rate)
    with pytest.raises(SettingsError):
        Rate(0.9).users_for(0.2, Design())
    with pytest.raises(SettingsError):
        Rate(0.9).users_for(0.0, Design())
    with pytest.raises(SettingsError):
        Mean(0.0)
    with pytest.raises(SettingsError):
        Mean(1.0).users_for(0.0, Design())
