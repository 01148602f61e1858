"""The whole training of the bundled GPT: tokenizer, examples, copying, the tasks.

    python -m agent.gpt.train --out runs/gpt                 on a laptop, in the time it is given
    python -m agent.gpt.train --out runs/gpt --dial 12       larger, on a GPU when one is at hand

Each step leaves its result in the folder and is passed over when it is there, so that a stopped
training goes on where it stopped. `log.jsonl` gets the loss and the scores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np
import torch

from agent.gpt.batches import Batch, padded, read_shard, rounds
from agent.gpt.copying import LENGTHS, LONG, copying_batch
from agent.gpt.course import LEVELS, Course
from agent.gpt.model import GPT, Shape
from agent.gpt.shards import CONTEXT, make_tokenizer
from agent.gpt.tokenizer import ASSISTANT, MOST_FACTS, SPECIAL, VOCABULARY, Coder
from agent.gpt.training import Training
from agent.gpt.weighing import Weigher

BATCH = 3072
"""Tokens of a step."""
KERNELS = "8192"
"""Of oneDNN's kernels so many are kept: one for each product of a layer and each size of batch."""
FALL = 0.55
"""Share of the time at the end in which the rates fall to nothing."""
HELD_OUT = 48
LEARNT = 0.9
"""Share of copied tokens that ends the practice with rows of one length."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--out", type=Path, default=Path("runs/gpt"))
    asked.add_argument("--dial", type=int, default=4, help="layers, and width in 64s")
    asked.add_argument("--copy-minutes", type=float, default=15.0)
    asked.add_argument("--minutes", type=float, default=110.0, help="of the tasks, after copying")
    asked.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    asked.add_argument("--no-compile", action="store_true", help="where there is a C++ compiler")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KERNELS)
    if options.threads:
        torch.set_num_threads(options.threads)
    out: Path = options.out
    if not (out / "tok" / "tokenizer.json").exists():
        make_tokenizer(out)
    coder = Coder.read(out / "tok")
    with making_examples(out):
        train(options, coder, out)


@contextmanager
def making_examples(out: Path) -> Iterator[None]:
    """Have another process make examples meanwhile; what is there already is not made again."""
    making = [sys.executable, "-m", "agent.gpt.shards", "--out", str(out)]
    # It makes text twenty times as fast as it is learnt, so it need not hold the training up.
    maker = subprocess.Popen(making, preexec_fn=lambda: os.nice(19))
    try:
        yield
    finally:
        maker.terminate()
        maker.wait()


def train(options: argparse.Namespace, coder: Coder, out: Path) -> None:
    """Copying first, then the tasks; the checkpoint stands in `out / "checkpoint"`."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_float32_matmul_precision("high")
    network = GPT(Shape.of(options.dial, vocabulary=VOCABULARY, context=CONTEXT))
    network.start(options.seed)
    training = Training(network.to(device), coder, out, compiled=not options.no_compile)
    training.resume()
    rng = np.random.default_rng(options.seed)
    if training.progress.stage == "copy":
        for length in LENGTHS:
            made = _copying(rng, coder, (length,))
            training.run(made, 60 * options.copy_minutes, enough=LEARNT, fall=0.0)
        training.next_stage("task")
    while not any((out / "examples" / LEVELS[0]).glob("*.npz")):
        time.sleep(1)  # copying was over before the first shard was made
    held_out = read_shard(out / "held_out" / "profile.npz")
    weigh = Weigher(coder, held_out)
    opened = partial(rounds, size=BATCH, rng=rng, pad=coder.pad, weigh=weigh)
    course = Course(out / "examples", opened, _copying(rng, coder, LONG, narrow=True))

    def tests() -> dict[str, Batch]:
        """By task what is held out, of the tasks there is text of by now."""
        paths = sorted((out / "held_out").glob("*.npz"))
        return {
            path.stem: padded(read_shard(path)[:HELD_OUT], pad=coder.pad, weigh=weigh)
            for path in paths
        }

    training.run(course.batches(), 60 * options.minutes, held_out=tests, course=course, fall=FALL)


def _copying(
    rng: np.random.Generator, coder: Coder, lengths: Sequence[int], *, narrow: bool = False
) -> Iterator[Batch]:
    figures = [coder.encode(str(digit))[0] for digit in range(10)] if narrow else []
    names = [coder.encode(f"E{n}")[0] for n in range(1, MOST_FACTS + 1)]
    for length in cycle(lengths):
        yield copying_batch(
            rng,
            rows=BATCH // length,
            length=length,
            vocabulary=coder.size,
            first=len(SPECIAL),
            names=names,
            mark=coder.number[ASSISTANT],
            figures=figures,
        )


if __name__ == "__main__":
    main()
