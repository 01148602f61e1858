"""Words to make names of: English ones, invented ones, codes, and titles in other scripts.

English words are those of the text encoder's word list (twenty thousand, from its package), so that
no list has to be kept here and no name can be learnt by heart.
"""

from __future__ import annotations

import random
from functools import cache

from retrieval.wordlist import english_words

_ONSETS = (
    *("b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kr", "l", "m"),
    *("n", "p", "pl", "qu", "r", "s", "sh", "sk", "st", "t", "th", "tr", "v", "w", "y", "z", ""),
)
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ea", "oo", "ou", "ie", "y", "á", "é", "ö", "ü", "ø")
_COMMON_NUCLEI = 10
_CODAS = ("", "", "n", "l", "r", "s", "th", "nd", "rk", "m", "x", "ck", "sk", "tt", "ll", "v")
_SCRIPTS = (
    "春夏秋冬花鸟风月山水茶书画琴棋红绿金银海天星云雨雪灯火城南北东西小大新古家园食谱旅行手工音乐电影",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ",
    "абвгдежзиклмнопрстуфхцчшэюя",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह",
)
_EMOJI = (  # each a title's last character now and then
    "🎸",
    "🌿",
    "☕",
    "📚",
    "🔥",
    "🧶",
    "🐝",
    "🎧",
    "✨",
    "🍜",
    "🚲",
    "💡",
    "🧪",
    "🎄",
    "🌍",
    "🪴",
)


@cache
def english() -> tuple[str, ...]:
    """Words of three to twelve letters, in lower case, the commoner first."""
    return tuple(w for w in english_words() if 3 <= len(w) <= 12)


def english_word(rng: random.Random) -> str:
    """A word, a common one as often as a rare one."""
    words = english()
    return words[int(len(words) * rng.random() ** 1.7)]


def invented(rng: random.Random) -> str:
    """A word that is none, such as `plorth` or `Zöndi`'s lower case."""
    nuclei = _NUCLEI if rng.random() < 0.15 else _NUCLEI[:_COMMON_NUCLEI]
    syllables = rng.choice((1, 2, 2, 2, 3))
    made = "".join(rng.choice(_ONSETS) + rng.choice(nuclei) for _ in range(syllables))
    made += rng.choice(_CODAS)
    return made if len(made) > 2 else made + "ra"


def code(rng: random.Random) -> str:
    """An article number or a tag: `KX-4471`, `item-0042`, `85123A`."""
    digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 6)))
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTVWXZ") for _ in range(rng.randint(1, 3)))
    word = rng.choice(("item", "sku", "ref", "doc", "set", "no"))
    return rng.choice(
        (f"{letters}-{digits}", f"{letters}{digits}", f"{digits}{letters[0]}", f"{word}-{digits}")
    )


def foreign(rng: random.Random) -> str:
    """A short title in another script, with an emoji now and then."""
    script = rng.choice(_SCRIPTS)
    size = rng.randint(2, 6) if ord(script[0]) > 0x3000 else rng.randint(4, 9)
    made = "".join(rng.choice(script) for _ in range(size))
    if rng.random() < 0.3:
        made += " " + "".join(rng.choice(script) for _ in range(size))
    return f"{made} {rng.choice(_EMOJI)}" if rng.random() < 0.15 else made


def emoji(rng: random.Random) -> str:
    return rng.choice(_EMOJI)
