"""how people type on a phone → how the rules read: shorthand written out, slips of the keys mended.

Only words that nothing in the run and no ordinary text holds are touched, and they only ever
become words of questions or of a category's name: a name is never made into another name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from agent.profiles.prose import PROSE
from retrieval.wordlist import english_words

SHORTHAND = {
    "abt": "about", "amt": "amount", "avg": "average", "bc": "because", "btw": "",
    "cats": "categories", "cust": "customer", "custs": "customers", "diff": "difference",
    "gimme": "give me", "hw": "how", "info": "overview", "lmk": "tell me", "mgmt": "management",
    "mktg": "marketing", "n": "and", "no.": "number", "nr": "number", "nr.": "number",
    "num": "number", "ppl": "people", "pls": "please", "plz": "please", "prods": "products",
    "qty": "quantity", "r": "are", "recs": "recommendations", "reco": "recommendation",
    "recos": "recommendations", "rec": "recommendation", "seg": "segment", "segs": "segments",
    "shd": "should", "teh": "the", "adn": "and", "thx": "thanks", "tho": "",
    "tmrw": "tomorrow", "txns": "purchases", "u": "you", "ur": "your", "w/": "with",
    "w/o": "without", "wat": "what", "wats": "what is", "whats": "what is",
    "what's": "what is", "whos": "who is", "who's": "who is", "wich": "which", "wot": "what",
    "xmas": "christmas", "y": "why", "yr": "year",
    # Other ways to say segments, customers, money and goods.
    "bucket": "segment", "buckets": "segments", "cluster": "segment", "clusters": "segments",
    "cohort": "segment", "cohorts": "segments", "persona": "segment", "personas": "segments",
    "tribe": "segment", "tribes": "segments", "archetypes": "segments",
    "clientele": "customers", "consumers": "customers", "folk": "people",
    "patrons": "customers", "punter": "customer", "punters": "customers", "quid": "pounds",
}  # fmt: skip
"""As typed → as the rules know it; names of the run are left as they are."""

_QUESTIONS = """
about active activity afternoon against again alike among amount answer average audience basket
because belong belongs best between bigger biggest bought brief browse bulk buyer buyers buying
campaign categories category cheap cheapest christmas client clients combine compare compared
comparison count countries country customer customers describe description difference different
discount distinguish download evening everybody everyone example examples explain expensive
export exporting favourite figures find frequent frequently group groups highest individual
interested interests inactive items largest leading least listing loyal lowest many margin
marketing median member members money morning most night number offer order orders overview
people percentage percent person popular precision prefer price product products profile
promote purchase purchased purchases quantity rank ranking reason recommend recommendation
recommendations recommended region regions repeat returned returns revenue rules search second
segment segments sells share shopper shoppers should show similar single size smallest smaller
someone something spend spender spenders spending spends spent suggest suggestion summarise
summary tell third total trend typical unusual users usual valuable value versus visit visits
weekend weekends what which worth
"""
ASKED_WITH = frozenset(_QUESTIONS.split())
"""Words that questions are made of: what a slip of the keys may be mended to."""

LEAST = 4
"""Letters of a word that may be meant; beyond them one letter may be wrong."""
LONG = 7
"""Letters from which two may have been left out or swapped."""
_WORD = re.compile(
    r"(?<![\w'])(?:w/o?|n[or]\.)(?!\w)|what's|who's|(?<![\w'&.-])[a-z]+(?![\w'&-]|\.\w)"
)


class Speller:
    """Mends questions about one run; `names` are the words its names are made of."""

    def __init__(self, names: Iterable[str], kinds: Iterable[str]) -> None:
        self._names = {*names}
        self._known = {*PROSE, *ASKED_WITH, *english_words(), *self._names}
        self._kinds = {word for word in kinds if len(word) >= LEAST}

    def mend(self, text: str) -> str:
        """The text with shorthand written out and slips mended; capitals are left alone."""
        return " ".join(_WORD.sub(lambda match: self._word(match[0]), text).split())

    def _word(self, word: str) -> str:
        if word in SHORTHAND and (word not in self._names or word in _ALWAYS):
            return SHORTHAND[word]
        if len(word) < LEAST - 1 or self._is_word(word):
            return word
        return self._nearest(word) or word

    def _is_word(self, word: str) -> bool:
        """Whether a word, or what it is a form of, is known: `shopped` is `shop`."""
        stems = (word.removesuffix(ending) for ending in ("s", "es", "d", "ed", "ing", "er", "ers"))
        return any(
            one in self._known or (one[-1] == one[-2] and one[:-1] in self._known)
            for one in {word, *stems}
            if len(one) >= LEAST - 1
        )

    def _nearest(self, word: str) -> str | None:
        best: tuple[int, int, str] | None = None
        for candidate in (*ASKED_WITH, *self._kinds):
            if candidate[0] != word[0] or abs(len(candidate) - len(word)) > 2:
                continue
            slips = slip(word, candidate)
            if slips is None or _is_form(word, candidate):
                continue
            kind, many = slips
            # Swapped and left out letters are what hurry makes; anything else is soon another word:
            # `moms` is not `most`, `company` not `compare`, `planners` not `plasters`.
            if kind == 0:
                fits = many <= (2 if len(word) >= LONG and candidate in ASKED_WITH else 1)
            else:
                fits = many == 1 and len(word) > LEAST and candidate in ASKED_WITH
            if fits:
                best = min(best or (9, 9, ""), (many, kind, candidate))
        return best[2] if best else None


def _is_form(word: str, other: str) -> bool:
    """Whether one is only another form of the other: `rule` and `rules`, `show` and `shown`."""
    short, long = sorted((word, other), key=len)
    return long.startswith(short) and long[len(short) :] in _ENDINGS


_ENDINGS = frozenset(
    {"s", "es", "n", "d", "ed", "r", "rs", "er", "ers", "ing", "y", "ty", "ly", "al"}
)
_ALWAYS = frozenset({"what's", "who's", "w/", "w/o", "nr", "no.", "nr.", "r", "u", "y", "n"})


def slip(typed: str, meant: str) -> tuple[int, int] | None:
    """What kind of slip makes `typed` of `meant`, and how many; None beyond two.

    Kinds, the likelier first: 0 letters swapped, doubled or left out, 1 one too many, 2 another.
    """
    many = _distance(typed, meant)
    if many > 2:
        return None
    if len(typed) < len(meant) or set(typed) == set(meant):
        return 0, many
    return (1 if len(typed) > len(meant) else 2), many


def _distance(one: str, other: str) -> int:
    """Damerau-Levenshtein, neighbours swapped counting as one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def words_of(names: Collection[str]) -> Iterator[str]:
    """The lower-case words of names."""
    for name in names:
        yield from re.findall(r"[a-z]+", name.casefold())
