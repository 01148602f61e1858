"""A small random language model, made on the spot: an ordinary Hugging Face checkpoint that any
server loads and that has learnt nothing: what it writes is noise in whatever form it is held to.

    python -m tests.served.checkpoint FOLDER [--width 384 --layers 6]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

ROOT = Path(__file__).parents[2]
TEXTS = ("README.md", "CHANGELOG.md", "prompts/*", "agent/profiles/*.py", "agent/segments/*.py")
CONTEXT = 2048
"""Tokens of prompt and answer together."""
HEAD_DIM = 64
"""vLLM's kernels for CPUs have no smaller heads than 32."""
END, START, STOP = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_checkpoint(
    folder: Path,
    *,
    width: int = 128,
    layers: int = 2,
    vocabulary: int = 4096,
    context: int = CONTEXT,
    seed: int = 0,
) -> Path:
    """Write config, tokenizer and bfloat16 weights into `folder`; the same bytes for one seed.

    128 wide and 2 layers are under a million parameters, 384 wide and 6 layers twelve million.
    """
    tokenizer = _tokenizer(vocabulary, context)
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // HEAD_DIM,
        num_key_value_heads=max(1, width // HEAD_DIM // 2),
        head_dim=HEAD_DIM,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen3ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(vocabulary: int, context: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE of the project's own texts; digits stay single, as in most of today's."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\d"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        _texts(),
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=[END, START, STOP],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=STOP,
        pad_token=END,
        chat_template=CHAT_TEMPLATE,
        model_max_length=context,
    )


def _texts() -> Iterator[str]:
    for pattern in TEXTS:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                yield path.read_text("utf-8")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--width", type=int, default=128)
    asked.add_argument("--layers", type=int, default=2)
    options = asked.parse_args()
    make_checkpoint(options.folder, width=options.width, layers=options.layers)
