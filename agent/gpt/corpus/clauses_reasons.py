"""English sentences on why an item is recommended, said to the person themselves.

`a` and `b` are titles of what they did, `a_did` with the verb, `p` and `q` parts of the score.
"""

# ruff: noqa: E501 (a sentence stays on one line)
from __future__ import annotations

ITEM = (
    "you {a_did}; it carries {p} of this score",
    "you {a_did}, and that alone carries {p} of this score",
    "{p} of this score comes from {a}, which you {after}",
    "because you {a_did}: {p} of the score",
    "it is {a} that speaks for it, which you {after}: {p} of the score",
    "you {a_did}, which makes {p} of the score",
    "{p} of the score rests on {a}, which you {after}",
    "you {a_did}, and it brings {p} of the score",
)
TOGETHER = (
    "you {a_did}, and people who like it tend to like this {item} too: {p} of the score",
    "people who like {a} tend to like this {item} too, and you {a_did}: {p} of the score",
    "this {item} goes together with {a}, which you {after}; that makes {p} of the score",
    "people who took to {a} like this {item} too; it carries {p} of the score",
)
ALIKE = (
    "this {item} reads much like {a}, which you {after}: {p} of the score",
    "you {a_did}, and this {item} reads much like it: {p} of the score",
    "it reads like {a}, which you {after}; that makes {p} of the score",
)
SECOND = (
    "; {b} adds {q}",
    ", and {b} adds {q}",
    ", {b} another {q}",
    "; {b}, which you {b_after}, adds {q}",
    ", then {b} with {q}",
    "; {q} comes from {b}",
)
SEGMENT = (
    "{s} like this {item} about {l} times as often as everybody: {p} of the score",
    "{p} of the score comes from {s}, who like it about {l} times as often as everybody",
    "{s} take to it about {l} times as often as everybody, which makes {p} of the score",
)
YOURS = (
    "you lean {y} % to {s}, who like this {item} about {l} times as often as everybody: {p} of the score",
    "{y} % of you is with {s}, and they like it about {l} times as often as everybody: {p} of the score",
    "you lean {y} % to {s}; they like this {item} about {l} times as often as everybody, which adds {p} of the score",
)
STATED = (
    "it answers what you stated, {t}: {p} of the score",
    "you asked for {t}, and it answers: {p} of the score",
    "{p} of the score is for {t}, which you stated",
)
AGAINST = (
    "{b} speaks against it and takes {q} off",
    "{q} of the score is taken off because of {b}",
)
STRUCK = ("that you struck out {t} takes {q} off",)
REST = (
    "no single reason stands out; {l} % of everybody like it",
    "{l} % of everybody like it, and no single reason stands out",
    "it is liked by {l} % of everybody, which is most of the reason",
)
BARE = ("no single reason stands out",)
