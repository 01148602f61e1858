"""What the corpus is made of: one example is a prompt as the product asks it, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["profile", "label", "rationale", "tool", "answer"]


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to learn: `system` and `user` as the product sends them, `answer` as it must be."""

    task: Task
    system: str
    user: str
    answer: str
