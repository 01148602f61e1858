"""`python -m agent.gpt.corpus [RUN …]`: what the training text is like, in figures and samples.

With folders of runs, also how far the simulated facts are like theirs.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agent.gpt.corpus.labels import families_in, label_example
from agent.gpt.corpus.measure import coverage, sentences_of, variety
from agent.gpt.corpus.profiles import profile_example
from agent.gpt.corpus.rationales import cases_in, rationale_example
from agent.gpt.corpus.records import Example
from agent.gpt.corpus.worlds import World, make_world
from agent.profiles.extractive import ExtractiveWriter
from agent.recordfile import read_records
from agent.records import Evidence

Tried = tuple[Example, bool]
"""An example, and whether it stood up to verification."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m agent.gpt.corpus", description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, help="run folders to compare facts with")
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples", type=int, default=3, help="of each task")
    args = parser.parse_args()
    begun = time.process_time()
    worlds = [make_world(args.seed * 1_000_003 + n) for n in range(args.worlds)]
    people = [one for world in worlds for one in world.evidence]
    names = Counter(n for one in people for fact in one.facts for n in fact.names.values())
    spent = time.process_time() - begun
    print(f"{len(worlds)} worlds, {len(people)} people, {len(names)} names, {spent:.1f} s")
    rng = random.Random(args.seed)
    for task, tell in (("profile", _profiles), ("label", _labels), ("rationale", _rationales)):
        begun = time.process_time()
        tried = [one for world in worlds for one in tell(world, rng)]
        spent = time.process_time() - begun
        _report(task, tried, list(names), spent, args.samples, rng)
    _extractive(worlds, list(names))
    for run in args.runs:
        _compare(run, people)


def _profiles(world: World, rng: random.Random) -> Iterator[Tried]:
    for evidence in world.evidence:
        example, found = profile_example(evidence, world, rng)
        yield example, not found


def _labels(world: World, rng: random.Random) -> Iterator[Tried]:
    for family in families_in(world, rng):
        label, wrong = label_example(family, world, rng)
        yield label, not wrong


def _rationales(world: World, rng: random.Random) -> Iterator[Tried]:
    subjects = [family.subjects[0] for family in families_in(world, rng)]
    segments = [(subject.id, subject.names[0].text) for subject in subjects]
    for case in cases_in(world, segments, rng):
        example, found = rationale_example(case, world, rng)
        yield example, not found


def _report(
    task: str, tried: list[Tried], names: list[str], spent: float, samples: int, rng: random.Random
) -> None:
    good = [example for example, stood in tried if stood]
    rejected = 1 - len(good) / max(1, len(tried))
    texts = [text for example in good[:600] for text in sentences_of(example.answer)]
    found = variety(texts, names)
    print(
        f"{task}: {len(tried)} tried, {rejected:.2%} rejected, {len(tried) / spent:.0f}/s; "
        f"{found.sentences} sentences, distinct-2 {found.distinct_2:.3f}, "
        f"frames not alone {found.identical:.1%}, entropy {found.entropy:.2f} bits"
    )
    for example in rng.sample(good, k=min(samples, len(good))):
        print(f"\n{example.user}\n{example.answer}\n")


def _extractive(worlds: list[World], names: list[str]) -> None:
    """The same figures for the extractive writer on the same people, as the mark to beat."""
    writer, texts = ExtractiveWriter(), []
    people = [(one, world) for world in worlds for one in world.evidence]
    for evidence, world in people[:600]:
        profile = writer.write(evidence, world.vocabulary, seed=0)
        texts += [sentence.text for sentence in profile.sentences]
    found = variety(texts, names)
    print(
        f"extractive: {found.sentences} sentences, distinct-2 {found.distinct_2:.3f}, "
        f"frames not alone {found.identical:.1%}, entropy {found.entropy:.2f} bits"
    )


def _compare(run: Path, made: list[Evidence]) -> None:
    facts = next(iter(sorted((run / "store").glob("evidence-*/facts.jsonl"))))
    real = list(read_records(facts, Evidence))
    found = coverage(made, real)
    print(f"{run}: {found.covered:.2%} of its facts have a form the corpus has")
    print("  " + ", ".join(f"{k} {a:.2f}/{b:.2f}" for k, (a, b) in found.kinds.items()))
    for form in found.missing:
        print(f"  lacks {form}")


if __name__ == "__main__":
    main()
