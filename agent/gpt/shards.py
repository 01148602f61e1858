"""Examples of the corpus as shards of tokens, made ahead of the training or beside it.

python -m agent.gpt.shards --out runs/gpt
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path

from agent.gpt.batches import Coded, code, write_shard
from agent.gpt.corpus import Example, examples
from agent.gpt.corpus.profiles import Drill, drill_example, profile_example
from agent.gpt.corpus.words import english
from agent.gpt.corpus.worlds import make_world
from agent.gpt.tokenizer import Coder, save_tokenizer, train_tokenizer
from agent.models.ordinary import ORDINARY
from agent.profiles.model_writer import SHORT_FACTS

CONTEXT = 1024
WORLDS, PER_WORLD = 100, 15
"""What the tokenizer is trained on."""
HELD_OUT_SEED = 900_000
DRILLS = {
    "a": Drill(facts=(2, 4), alone=1.0, times=1.5),
    "b": Drill(facts=(3, 7), alone=0.6, times=1.2),
    "c": Drill(facts=(6, SHORT_FACTS), alone=0.4, times=1.0),
}
"""Practice by name, in the order in which it is learnt; profiles come after."""
COURSE = (
    *(("a", 6_000), ("b", 3_000), ("profile", 1_500), ("b", 12_000), ("c", 12_000)),
    *(("profile", 12_000), ("rationale", 3_000), ("label", 600), ("profile", 30_000)),
    *(("label", 2_000), ("rationale", 9_000), ("a", 12_000), ("b", 24_000), ("profile", 60_000)),
    *(("label", 5_000), ("c", 24_000), ("rationale", 15_000), ("profile", 100_000)),
)
"""What to make in turn, up to how many: what is learnt first, first."""
DRILLED = 300
"""Examples of practice on one world."""


def profiles(seed: int) -> Iterator[Example]:
    """Profiles on as many facts as the bundled model is shown of a person."""
    rng = random.Random(f"profile {seed}")
    for n in count():
        world = make_world(seed * 1_000_003 + n)
        for evidence in world.evidence:
            shown = evidence.model_copy(update={"facts": evidence.facts[:SHORT_FACTS]})
            example, found = profile_example(shown, world, rng)
            if not found:
                yield example


def drills(seed: int, drill: Drill) -> Iterator[Example]:
    """Practice in telling what is cited."""
    rng = random.Random(f"drill {seed} {drill}")
    for n in count():
        # Not the worlds of the profiles: each name is met in as few examples as may be.
        world = make_world(500_000_000 + drill.facts[1] * 10_000_000 + seed * 1_003 + n)
        for evidence in rng.choices(world.evidence, k=DRILLED):
            example = drill_example(evidence, world, rng, drill)
            if example is not None:
                yield example


def coded(made: Iterable[Example], coder: Coder, size: int) -> Iterator[Coded]:
    """The first `size` that fit the context."""
    whole = (code(one, coder, context=CONTEXT) for one in made)
    return islice((one for one in whole if one is not None), size)


MAKERS: dict[str, tuple[Callable[..., Iterator[Example]], int]] = {
    **{name: (partial(drills, drill=drill), DRILLED) for name, drill in DRILLS.items()},
    "profile": (profiles, 300),
    "label": (partial(examples, "label"), 60),
    "rationale": (partial(examples, "rationale"), 300),
}
"""Task → examples by seed, and how many stand in one shard; each shard is of worlds of its own."""


def make_shards(out: Path, coder: Coder, task: str, *, total: int, first_seed: int = 1) -> None:
    """Write shards until there are `total` examples; those that are there already count."""
    make, size = MAKERS[task]
    held_out = out / "held_out" / f"{task}.npz"
    if task not in DRILLS and not held_out.exists():
        write_shard(held_out, coded(make(seed=HELD_OUT_SEED), coder, size // 3))
    made = 0
    for seed in count(first_seed):
        path = out / "examples" / task / f"{seed:05}.npz"
        made += size if path.exists() else write_shard(path, coded(make(seed=seed), coder, size))
        if made >= total:
            return


def make_tokenizer(out: Path, *, worlds: int = WORLDS) -> None:
    """Train the tokenizer on texts of many worlds, and on words of the language besides."""
    texts = (
        [text for one in islice(make(seed), PER_WORLD) for text in (one.user, one.answer)]
        for seed in range(worlds)
        for make in (profiles,)
    )
    listed = english()
    words = Counter(
        {word: 4 if at < 4_000 else 2 if at < 9_000 else 1 for at, word in enumerate(listed)}
    )
    words.update({word.capitalize(): 3 for word in listed[:5_000]})
    words.update(dict.fromkeys(ORDINARY, 3))
    save_tokenizer(train_tokenizer(texts, words), out / "tok", context=CONTEXT)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--out", type=Path, default=Path("runs/gpt"))
    asked.add_argument("--task", choices=MAKERS, help="only this; else the whole course")
    asked.add_argument("--count", type=int, default=24_000)
    asked.add_argument("--first-seed", type=int, default=1)
    options = asked.parse_args()
    coder = Coder.read(options.out / "tok")
    for task, total in [(options.task, options.count)] if options.task else COURSE:
        make_shards(options.out, coder, task, total=total, first_seed=options.first_seed)


if __name__ == "__main__":
    main()
