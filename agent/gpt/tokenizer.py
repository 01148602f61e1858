"""The tokenizer: byte-level BPE in which digits stand alone and the form of an answer is cheap.

    <|system|>profile<|user|>E1 61 ratings …<|end|><|assistant|>{"headline":"…"}<|end|>

Bytes are the way out for what was never seen, so every text in every script can be read and
written. Digits are single, so that a figure is copied digit by digit. What an answer must contain
anyway (`"],"text":"`) and the ids of facts are one token each. It is an ordinary fast tokenizer of
Hugging Face's: transformers and vLLM load it unchanged.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY = 4096
PAD, END = "<|pad|>", "<|end|>"
SYSTEM, USER, ASSISTANT, TOOL = "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"
SPECIAL = (PAD, END, SYSTEM, USER, ASSISTANT, TOOL)
"""Never part of a text: text that contains one is read as ordinary characters."""
MARKERS = ("<tool_call>", "</tool_call>", '{"name":"', '","arguments":{', "}}")
"""Around a tool call, as Hermes-style models write it; vLLM's parser finds them in the text."""
FRAME = (
    '{"headline":"', '","sentences":[{"facts":["', '","', '"],"text":"',
    '."},{"facts":["', '."}]}', '"},{"facts":["', '"}]}',
    '":{"name":"', '","description":"', '.","why":[{"facts":["', '","why":[{"facts":["',
    '."}]}}', '."}]},"', '{"',
)  # fmt: skip
"""What stands between the words of an answer."""
MOST_FACTS = 40
OFTEN = 1_000
"""So often a digit after a space is counted: it gets a token."""
PIECE = re.compile(r"\s?[^\W\d]+|\s?[^\w\s]+|\s+")
"""A word with the space before it, or punctuation: what is counted once a world."""
TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message.role == 'system' -%}<|system|>{{ message.content }}"
    "{%- elif message.role == 'user' -%}<|user|>{{ message.content }}<|end|>"
    "{%- elif message.role == 'tool' -%}<|tool|>{{ message.content }}<|end|>"
    "{%- else -%}<|assistant|>{{ message.content or '' }}"
    "{%- for call in message.tool_calls or [] -%}"
    '<tool_call>{"name":"{{ call.function.name }}","arguments":'
    "{{ call.function.arguments if call.function.arguments is string "
    "else call.function.arguments | tojson }}}</tool_call>"
    "{%- endfor -%}<|end|>{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|assistant|>{%- endif -%}"
)


def train_tokenizer(
    worlds: Iterable[Iterable[str]], words: Mapping[str, int], *, vocabulary: int = VOCABULARY
) -> Tokenizer:
    """A tokenizer for texts like these; the same one for the same texts.

    A piece of text counts once for each of `worlds` it occurs in, so that a name made up for one
    world, however often it comes there, gets no token of its own. `words` and how often each
    counts are added.
    """
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r" ?\d"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    counts = Counter({f" {word}": count for word, count in words.items()})
    counts.update({f" {digit}": OFTEN for digit in range(10)})
    for texts in worlds:
        counts.update({piece for text in texts for piece in PIECE.findall(text)})
    pieces = (piece for piece, count in sorted(counts.items()) for _ in range(count))
    bpe.decoder = decoders.ByteLevel()
    ids = [f"{letter}{n}" for letter in "ES" for n in range(1, MOST_FACTS + 1)]
    whole = [*MARKERS, *FRAME]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(whole) - len(ids),
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(pieces, trainer)
    bpe.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    bpe.add_tokens([AddedToken(token, normalized=False) for token in whole])
    # Whole words only: `SIZE1` and `E12B` are names like any other.
    bpe.add_tokens([AddedToken(token, normalized=False, single_word=True) for token in ids])
    return bpe


def save_tokenizer(tokenizer: Tokenizer, folder: Path, *, context: int) -> None:
    """`tokenizer.json` and what transformers and vLLM want beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    about = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "pad_token": PAD,
        "model_max_length": context,
        "clean_up_tokenization_spaces": False,
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")


class Coder:
    """Texts and messages → tokens, and back. A stranger's text is never read as a marker."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.tokenizer.encode_special_tokens = True
        self.size = tokenizer.get_vocab_size()
        number = {token: _number(tokenizer, token) for token in SPECIAL}
        self.pad, self.end = number[PAD], number[END]
        self.number = number

    @classmethod
    def read(cls, folder: Path) -> Coder:
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")))

    def encode(self, text: str) -> list[int]:
        tokens: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        text: str = self.tokenizer.decode(list(tokens), skip_special_tokens=True)
        return text

    def prompt(self, messages: Iterable[tuple[str, str]]) -> list[int]:
        """(role, text) pairs → tokens up to where the assistant begins, as `TEMPLATE` has it."""
        tokens = []
        for role, text in messages:
            tokens += [self.number[f"<|{role}|>"], *self.encode(text)]
            if role != "system":
                tokens.append(self.end)
        return [*tokens, self.number[ASSISTANT]]

    def answer(self, text: str) -> list[int]:
        """What the assistant says, to its end."""
        return [*self.encode(text), self.end]


def _number(tokenizer: Tokenizer, token: str) -> int:
    number: int | None = tokenizer.token_to_id(token)
    if number is None:
        raise ValueError(f"the tokenizer does not know {token}")
    return number
