"""Training text for the bundled GPT: simulated evidence of many businesses, and good answers to it.

`examples` is the way in; `python -m agent.gpt.corpus` prints what the text is like.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from agent.gpt.corpus.labels import label_examples
from agent.gpt.corpus.profiles import profile_examples
from agent.gpt.corpus.rationales import rationale_examples
from agent.gpt.corpus.records import Example, Task
from agent.gpt.corpus.worlds import make_world

__all__ = ["Example", "Task", "examples"]


def examples(task: Task, *, seed: int) -> Iterator[Example]:
    """Endless examples of one task, the same for the same seed.

    Raises ValueError for a task that the corpus does not have.
    """
    rng = random.Random(f"{task} {seed}")
    worlds = (make_world(seed * 1_000_003 + n) for n in itertools.count())
    if task == "profile":
        return profile_examples(worlds, rng)
    if task == "label":
        return label_examples(worlds, rng)
    if task == "rationale":
        return rationale_examples(worlds, rng)
    raise ValueError(f"the corpus has no task {task!r}")
