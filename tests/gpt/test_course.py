"""Few facts first; what is looked up counts most."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from agent.gpt.batches import Batch, Coded, padded
from agent.gpt.copying import copying_batch
from agent.gpt.course import BESIDE, COPYING, LATEST, LEARNT, LEVELS, Course
from agent.gpt.model import GPT, Shape
from agent.gpt.tokenizer import Coder
from agent.gpt.weighing import WORDING, Weigher

NAMES = ("bunting", "lamps", "chairs", "tea", "bags", "clocks", "mugs", "ribbons")


def batch(mark: int) -> Batch:
    return Batch(np.full((1, 1), mark), np.ones((1, 1), np.float32))


def endless(mark: int) -> Iterator[Batch]:
    while True:
        yield batch(mark)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for level in LEVELS:
        (tmp_path / level).mkdir()
        (tmp_path / level / "00001.npz").touch()
    every = (*LEVELS, *BESIDE)
    return Course(tmp_path, lambda path: endless(every.index(path.name)), endless(-1))


def marks(course: Course, number: int) -> list[int]:
    return [int(one.tokens[0, 0]) for one in islice(course.batches(), number)]


def test_it_begins_with_the_easiest_and_with_much_copying(course: Course) -> None:
    seen = marks(course, 60)
    assert {*seen} == {-1, 0}
    assert seen.count(-1) == 60 * COPYING[0][1]


def test_the_worse_it_copies_the_more_copying_there_is(course: Course) -> None:
    seen = []
    for course.copied in (0.5, 0.95, 0.99):
        seen.append(marks(course, 240).count(-1))
    assert seen == [120, 60, 30]


def test_a_level_that_is_mastered_makes_room_for_the_next(course: Course) -> None:
    assert heard(course, 1.0, 0.0, batches=300) == 3
    assert heard(course, 1.0, 1.0, batches=300) == 3, "the last goes on to the end"


def test_a_level_that_is_not_mastered_goes_on_until_its_time_is_up(course: Course) -> None:
    assert heard(course, LEARNT - 0.1, LATEST[0] - 0.01, batches=300) == 0
    assert heard(course, LEARNT - 0.1, LATEST[0] + 0.01, batches=300) == 1


def test_what_came_before_is_kept_in_practice(course: Course) -> None:
    course.level, course.copied = 3, 0.99
    seen = marks(course, 240)
    assert {*seen} == {-1, 0, 1, 2, 3}
    assert seen.count(3) > 240 / 2


def test_other_tasks_come_beside_profiles_where_there_is_text_of_them(course: Course) -> None:
    (course.folder / BESIDE[0]).mkdir()
    (course.folder / BESIDE[0] / "00001.npz").touch()
    assert len(LEVELS) not in marks(course, 240)
    course.level, course.copied = 3, 1.0
    assert marks(course, 192).count(len(LEVELS)) == 14


def test_a_level_without_examples_waits(course: Course) -> None:
    (course.folder / LEVELS[1] / "00001.npz").unlink()
    assert heard(course, 1.0, 0.5, batches=300) == 0


def heard(course: Course, right: float, done: float, *, batches: int) -> int:
    for _ in islice(course.batches(), batches):
        course.heard(right, done)
    return course.level


def test_figures_and_names_count_in_full_and_wording_less(checkpoint: Path) -> None:
    coder = Coder.read(checkpoint)
    prompts = [f"E1 {name} 1 % of visits" for name in NAMES]
    answers = [f"comes for {name}, 7 times" for name in NAMES]
    examples = [
        Coded(np.array([*coder.encode(prompt), *coder.encode(answer)]), len(coder.encode(prompt)))
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    weights = Weigher(coder, examples)(examples[0])
    answer = coder.encode(answers[0])
    for token, weight in zip(answer, weights.tolist(), strict=True):
        text = coder.decode([token])
        full = text.strip() == "7" or token in coder.encode(" bunting")
        assert weight == (1.0 if full else WORDING), text


def test_the_last_layer_is_computed_where_it_is_asked_for() -> None:
    network = GPT(Shape.of(2, vocabulary=400, context=128))
    network.start(0)
    with torch.no_grad():
        for parameter in network.parameters():  # `start` leaves the layers passing all on
            parameter.add_(torch.randn_like(parameter) * 0.02)
        made = copying_batch(
            np.random.default_rng(0), rows=3, length=64, vocabulary=400, first=50,
            names=range(6, 40), mark=4,
        )  # fmt: skip
        tokens, asked = torch.from_numpy(made.tokens), torch.from_numpy(made.weights) > 0
        assert torch.allclose(network(tokens, asked), network(tokens)[asked], atol=1e-5)
    assert padded([Coded(made.tokens[0], 5)], pad=0).weights.sum() == 59
