"""What the bundled GPT is worth on a run's real facts, which it never saw in training.

    python -m agent.gpt.scores runs/movies runs/retail --users 200

For each run: the share of sentences that pass verification before any second try, with the grammar
and with nothing but the prompt; how varied the sentences are beside the extractive writer's; speed.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.behaviour.measures import load_measures
from agent.errors import RefusedError
from agent.gpt.chat_model import BundledChat
from agent.gpt.place import WEIGHTS
from agent.models.grounding import free_words
from agent.models.window import in_order
from agent.profiles.extractive import ExtractiveWriter
from agent.profiles.grammar import profile_constraint
from agent.profiles.lexicon import Lexicon
from agent.profiles.model_writer import (
    PART,
    SHORT_FACTS,
    meant,
    profile_messages,
    read_answer,
)
from agent.profiles.names import shown
from agent.profiles.verifier import FactSheet
from agent.recordfile import read_records
from agent.records import Evidence, Sentence, Vocabulary
from agent.runs import Run

CONCURRENCY = 32
MAX_TOKENS = 400


@dataclass
class Score:
    """What one way of writing came to."""

    sentences: int = 0
    passed: int = 0
    own: int = 0
    """Sentences in which no grammar overruled the model."""
    headlines: int = 0
    headlines_passed: int = 0
    refused: int = 0
    tokens: int = 0
    texts: list[str] = field(default_factory=list)
    frames: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    """User, sentence, what the verifier found."""
    seconds: float = 0.0
    profiles: int = 0

    def summary(self) -> dict[str, Any]:
        common = sum(count for _, count in self.frames.most_common(10))
        return {
            "profiles": self.profiles,
            "passed": round(self.passed / max(1, self.sentences), 4),
            "own": round(self.own / max(1, self.sentences), 4),
            "headlines_passed": round(self.headlines_passed / max(1, self.headlines), 4),
            "refused": self.refused,
            "sentences": self.sentences,
            "distinct_2": round(distinct_2(self.texts), 4),
            "same_frame": round(1 - len(self.frames) / max(1, sum(self.frames.values())), 4),
            "ten_commonest_frames": round(common / max(1, sum(self.frames.values())), 4),
            "profiles_per_s": round(self.profiles / max(1e-9, self.seconds), 2),
            "tokens_a_profile": round(self.tokens / max(1, self.profiles), 1),
        }


def distinct_2(texts: Iterable[str]) -> float:
    """Different pairs of neighbouring words as a share of all such pairs (Li et al. 2016)."""
    pairs = [pair for text in texts for pair in zip(text.split(), text.split()[1:], strict=False)]
    return len(set(pairs)) / max(1, len(pairs))


def frame_of(text: str, evidence: Evidence) -> str:
    """A sentence with its names as N and its digits as #."""
    names = {form for f in evidence.facts for n in f.names.values() for form in (n, shown(n))}
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "N")
    return "".join("#" if c.isdigit() else c for c in text)


class Judge:
    """One run's evidence, and what is true of it."""

    def __init__(self, run: Path) -> None:
        folder = Run.open(run).folder("evidence")
        self.measures = load_measures(folder)
        self.vocabulary: Vocabulary = self.measures.vocabulary
        self.lexicon = Lexicon.of(self.measures)
        self.evidence = list(read_records(folder / "facts.jsonl", Evidence))
        names = (
            *self.measures.catalogue["title"].to_list(),
            *self.measures.categories["category"].unique().sort().to_list(),
        )
        self.words = free_words(names)

    def some(self, users: int) -> list[Evidence]:
        """Users spread over the run."""
        every = max(1, len(self.evidence) // users)
        return self.evidence[::every][:users]

    def add(
        self, score: Score, evidence: Evidence, headline: str, sentences: Sequence[Sentence]
    ) -> None:
        """Count one profile in."""
        sheet = FactSheet(evidence, self.lexicon)
        score.headlines += 1
        score.headlines_passed += not sheet.check_headline(headline)
        for sentence in sentences:
            found = sheet.check(sentence.text, sentence.facts)
            score.sentences += 1
            score.passed += not found
            score.texts.append(sentence.text)
            score.frames[frame_of(sentence.text, evidence)] += 1
            if found:
                score.failed.append((evidence.user_id, sentence.text, str(found[0])))


def write(
    judge: Judge, chat: BundledChat, users: Sequence[Evidence], *, grammar: bool
) -> tuple[Score, list[tuple[Evidence, str, tuple[Sentence, ...]]]]:
    """Profiles of these users, greedy, before any second try."""
    score = Score()
    engine = chat.load()

    def one(evidence: Evidence) -> tuple[str, str, int]:
        facts = evidence.facts[:SHORT_FACTS]
        messages = [(m.type, m.text) for m in profile_messages(facts, short=True)]
        future, _ = engine.ask(
            [("user" if role == "human" else role, text) for role, text in messages],
            grammar=profile_constraint(facts, judge.vocabulary, judge.words).grammar
            if grammar
            else None,
            max_tokens=MAX_TOKENS,
        )
        said = future.result()
        text = engine.coder.decode(said.tokens)
        return text, meant(text, engine.overruled(said), whole=True), len(said.tokens)

    begun = time.monotonic()
    answers = list(in_order(one, users, workers=CONCURRENCY))
    score.seconds, score.profiles = time.monotonic() - begun, len(users)
    written = []
    for evidence, (text, own, tokens) in zip(users, answers, strict=True):
        score.tokens += tokens
        try:
            headline, sentences = read_answer(text)
        except RefusedError as error:
            score.refused += 1
            score.failed.append((evidence.user_id, text[:300], str(error)))
            continue
        written.append((evidence, headline, sentences))
        score.own += min(own.count(PART), len(sentences))
        judge.add(score, evidence, headline, sentences)
    return score, written


def extractive(judge: Judge, users: Sequence[Evidence]) -> Score:
    """The same of the extractive writer."""
    score, writer = Score(), ExtractiveWriter()
    begun = time.monotonic()
    for evidence in users:
        profile = writer.write(evidence, judge.vocabulary, seed=0)
        judge.add(score, evidence, profile.headline, profile.sentences)
    score.seconds, score.profiles = time.monotonic() - begun, len(users)
    return score


def scores(
    runs: Iterable[Path], chat: BundledChat, *, users: int, show: int
) -> Iterator[dict[str, Any]]:
    """One line for each run and way of writing."""
    for run in runs:
        judge = Judge(run)
        some = judge.some(users)
        for grammar in (False, True):
            score, written = write(judge, chat, some, grammar=grammar)
            way = "with the grammar" if grammar else "without a grammar"
            samples = [
                [e.user_id, headline, *(f"{s.text} [{' '.join(s.facts)}]" for s in sentences)]
                for e, headline, sentences in written[:show]
            ]
            yield {"run": run.name, "way": way, **score.summary(), "samples": samples,
                   "failed": score.failed[:show]}  # fmt: skip
        yield {"run": run.name, "way": "extractive", **extractive(judge, some).summary()}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("runs", type=Path, nargs="+")
    asked.add_argument("--weights", type=Path, default=WEIGHTS)
    asked.add_argument("--users", type=int, default=100)
    asked.add_argument("--show", type=int, default=0, help="profiles and failures printed of each")
    asked.add_argument("--threads", type=int, default=0)
    options = asked.parse_args()
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    chat = BundledChat(folder=options.weights)
    for line in scores(options.runs, chat, users=options.users, show=options.show):
        print(json.dumps(line, ensure_ascii=False, indent=1 if options.show else None), flush=True)
    chat.close()
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


if __name__ == "__main__":
    main()
