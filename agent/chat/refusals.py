"""what a log cannot answer, and what is no question: said plainly, with what to ask instead."""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from agent.behaviour.hostile import LONGEST_TEXT, examine
from agent.behaviour.people import sensitive
from agent.chat.desk import Desk
from agent.chat.figures import listed
from agent.chat.patterns import CAMPAIGN, PRICE_OF, TREND, compiled, wordings
from agent.chat.question import Question
from agent.chat.results import Draft, Result
from agent.profiles.names import shown
from agent.profiles.prose import PROSE

ORDERS = frozenset(
    {
        "override",
        "leak",
        "role",
        "tag",
        "tool",
        "template",
        "fence",
        "encoded",
        "disguised",
        "json",
        "foreign",
    }
)
"""Families of hostile text that, in a question, are instructions and not questions."""

_INSTRUCTION = re.compile(
    "|".join(
        rf"\b(?:{line})"
        for line in (
            r"(?:ignore|disregard|forget|override) (?:all |any |the |your |my |these )*"
            r"(?:previous |prior |above |earlier )*(?:instruction|rule|prompt|scope|limit)",
            r"(?:system|hidden|initial) (?:prompt|message|instruction)|print your\b",
            r"(?:your|the) (?:prompt|instructions)\b",
            r"you are (?:now|dan)\b|from now on\b|ha(?:s|ve) no (?:rules|restrictions|limits)\b",
            r"pretend (?:to be|you)|act as (?:an?|if|the)\b|jail ?break",
            r"(?:developer|debug|admin|god|dan) mode\b|as (?:an? )?(?:admin|administrator|root)\b",
            r"switch (?:to|your) (?:analyst|scope)",
            r"(?:drop|delete|truncate) (?:table|all|the (?:database|run|data))|select \*|rm -rf",
            r"api[ -]?keys?\b|passwords?\b|environment variables?\b|execute\b|import os\b",
        )
    )
)
_SALUTATION = re.compile(
    r"^(?:dear|hello|hi|hey|good (?:morning|day)) (?:assistant|bot|team)\b,?:?"
)
_TRAITS = {
    "gender": wordings(r"""
        women|woman|females?|males?|men|man|girls?|boys?|ladies|gentlemen|trans
    """),
    "ethnicity": wordings(r"""
        (?:black|white) people|asians?|hispanics?|latinos?|foreigners|immigrants|races?
    """),
    "religion": wordings(r"""
        relig\w+|church\w*|mosques?|worship\w*|muslims?|christians?|jew(?:s|ish)|hindus?|catholics?|atheists?|buddhists?
    """),
    "health": wordings(r"""
        sick|ill|diabet\w+|depress\w+|disab\w+|cancer|pregnan\w+|mental\w*|allerg\w+|autis\w+
    """),
    "politics": wordings(r"""
        democrats?|republicans?|conservatives?|left-wing|right-wing|labour voters?|tories
        vote[sd]?|voters?
    """),
    "orientation": wordings(r"""
        gay|lesbian|queer|lgbt\w*|homosexual\w*|straight people|bisexual\w*
    """),
}
AGE = "age"
_NOT_IN_LOG: tuple[tuple[str, str, str], ...] = (
    (
        "future",
        wordings(r"""
            forecast|predict\w*|next (?:year|month|quarter|week)|in the future|tomorrow|probability
            will (?:they|we|the|sales|revenue|it|customers|she|he)
            will \S+ (?:buy|leave|churn|spend|return)|going to (?:buy|leave|churn|spend)
            likely to (?:churn|leave|cancel)|how (?:likely|probable)
        """),
        "I count what the log holds and make no forecasts.",
    ),
    (
        "contact",
        wordings(r"""
            e-?mail addresses|(?<!i )(?<!we )(?<!to )(?<!should )e-?mails?
            (?:tele)?phone (?:numbers?|no)|telephone|postal
            home address(?:es)?
            real names?|surnames?|first names?|credit cards?|bank|ip address(?:es)?
            date of birth|birthdays?
        """),
        "The log holds ids, not names or ways to reach people.",
    ),
    (
        "cost",
        wordings(r"""
            profit\w*|margins?|costs? of|cost us|roi|return on|cac|break[- ]even
            (?:lifetime value|ltv)(?!.{0,30}(?:revenue|spend))
        """),
        "The log says what was paid, not what anything cost, so I can't speak of profit.",
    ),
    (
        "outside",
        wordings(r"""
            competitors?|competition|market share|the market|industry|amazon|weather|inflation
            economy|stock price|ceo|news|founded|suppliers?|warehouse|couriers?
            deliver(?:y|ies|ed)|shipping|dispatch\w*
            who is (?:the|our|your) founder
            (?:in|of|left in) stock|stock levels?|how much stock|click[- ]?through|ctr|open rates?
            conversion rates?|ad spend|website traffic|facebook|google|instagram|tiktok|youtube
            (?:ad|advertising|marketing|acquisition) (?:channels?|sources?)|search engines?
            referr\w+
        """),
        "The log knows nothing outside itself.",
    ),
    (
        "mind",
        wordings(r"""
            happy|unhappy|satisf\w+|(?:do|does|how|customers?|people|they|users?) feel\w*
            feelings?|mood|nps|like us|love us|trust us|complain\w*|sentiment
            emotion\w*|personality|intelligen\w+|lazy|lonely|rich|wealthy|poor|income|salar\w+
            homeowners?
        """),
        "The log says what people did, not what they feel, earn or are like, and I don't guess.",
    ),
    (
        AGE,
        wordings(r"""
            how old(?! (?:is|are) (?:the |this |our )?(?:data|log|run))
            age of|(?<!for )ages?|aged|years old|teen\w*|elderly|pensioners?|seniors?
            millennials?
            gen z|young(?:er)? (?:people|customers|users)|old(?:er)? (?:people|customers|users)
            marri\w+|with (?:children|kids)|moms?|mums?|mothers?|dads?|fathers?|parents who
            single (?:people|men|women)|divorced|occupation|jobs?|education|degrees?
        """),
        "The log doesn't say, and I don't infer it.",
    ),
    (
        "cause",
        wordings(r"""
            why (?:did|do|are|is|have|has) (?:our |the |my )?(?:sales|revenue|orders|business)
            why (?:did|do|are|is|have|has) (?:our |the |my )?spend\w*
            why (?:did|do) \S+ (?:leave|stop|churn|quit|return|go)
            what caused|reason (?:for|why) (?:the )?(?:drop|fall|rise|growth)
        """),
        "The log shows what happened, not why.",
    ),
    (
        "errand",
        wordings(r"""
            write (?:me )?(?:a |an |some )?(?:poem|song|story|code|essay|python|sql)|joke|translate
            recipe|capital of|who won|what is \d+ ?[+*x/-]|meaning of life|horoscope
        """),
        "I answer questions about this run and nothing else.",
    ),
)


CHANNEL = re.compile(
    r"\b(?:(?:mobile |phone )?apps?|(?:on|via|through) the (?:website|web|phone)|in[- ]store|online"
    r" (?:or|vs|versus) (?:in[- ]store|offline)|(?:sales )?channels?)\b"
)
NO_CHANNEL = "The log doesn't say through what channel anything was done."
NO_ORDERS = (
    "I take questions about this run, not instructions, and there is nothing hidden to show."
)
NO_TREND = (
    "A run is one view of the whole log: I can't say how segments or totals change over time. I "
    "can say who has gone quiet, and when in the day, week or year a segment comes."
)
NO_PRICE = "I know who goes for an item, not what it costs or whether there is any left."
NOT_UNDERSTOOD = (
    "I didn't understand that. I answer by rules here, which know questions about segments, their "
    "members, items and audiences."
)


def forbidden(question: Question, desk: Desk) -> Result | None:
    """A result for what must not be answered, wherever it stands in a text."""
    if _orders(question):
        return _no(desk, "instruction", NO_ORDERS)
    trait = _trait(question, desk)
    if trait:
        return _no(
            desk, "sensitive", "The log doesn't say, and I don't infer it. " + _instead(desk)
        )
    return None


def refusal(question: Question, desk: Desk) -> Result | None:
    """A result for what cannot be answered; None for everything else. See `forbidden` too."""
    if _about_trend(question):
        return _no(desk, "not in the log", NO_TREND)
    if question.items and question.has(PRICE_OF):
        return _no(desk, "not in the log", NO_PRICE)
    if CHANNEL.search(_without_values(question)) and not _has_channels(desk):
        return _no(desk, "not in the log", NO_CHANNEL)
    claimed = _without_values(question)
    for about, pattern, why in _NOT_IN_LOG:
        if about == "contact" and question.has(CAMPAIGN):
            continue  # an email campaign asks for nobody's address
        declared = about == AGE and _declared(desk, AGE)
        if compiled(rf"\b(?:{pattern})\b").search(claimed) and not declared:
            return _no(desk, "not in the log", why)
    if question.unknown is not None:
        return _no(desk, "unknown", _no_group(question.unknown, desk))
    called = _SEGMENT_CALLED.search(question.bare) or _strange_name(question.bare)
    if called and not question.segments and not question.meant:
        return _no(desk, "unknown", _NO_SEGMENT)
    return None


def _strange_name(bare: str) -> bool:
    """`the scented candle millionaires segment`: a name of two words or more that is no prose."""
    found = re.search(r"\bthe ((?:[\w&-]+ ){2,5})segment\b", bare)
    return found is not None and sum(word not in PROSE for word in found[1].split()) >= 2


_SEGMENT_CALLED = re.compile(
    r"\b(?:segment|group|cluster) (?:called|named|with the name|s\d+\b|g\d+\b)"
)
_NO_SEGMENT = "There is no segment of that name here; ask which segments there are."


def _no_group(name: str, desk: Desk) -> str:
    """The same for what nobody has and for what too few have."""
    ways = _instead(desk)
    return (
        f"I know no group of {desk.world.min_group} or more {desk.who} called "
        f"\u201c{shown(name)}\u201d, and speak of none that is smaller. {ways}"
    )


def _without_values(question: Question) -> str:
    """What is claimed beside declared values, whose words (`free`, `senior`) claim nothing."""
    bare = question.bare
    for feature in question.values:
        bare = bare.replace(feature.partition("=")[2].casefold(), "\u00b7")
    return bare


def not_understood(desk: Desk) -> Result:
    """For a question that no rule knows."""
    return _no(desk, "not understood", NOT_UNDERSTOOD)


def _about_trend(question: Question) -> bool:
    """Whether it is asked how something develops; what would change a membership is not that."""
    hypothetical = question.has(r"would|what if|if\b")
    return question.has(TREND) and not hypothetical and not question.person


def _orders(question: Question) -> bool:
    bare = _SALUTATION.sub("", question.bare)
    if _INSTRUCTION.search(bare):
        return True
    return not ORDERS.isdisjoint(_families(bare))


@lru_cache(maxsize=1_024)
def _families(text: str) -> frozenset[str]:
    """What of hostile texts one shows; kept, for questions are suggested and asked again."""
    return frozenset(examine(pl.Series([text]), LONGEST_TEXT)["family"])


def _trait(question: Question, desk: Desk) -> str | None:
    """A sensitive attribute that is asked for and that this run does not have."""
    words: list[str] = re.findall(r"[^\W\d_]+", question.bare)
    for word in words:
        if sensitive(word) and not _declared(desk, word):
            return word
    for trait, pattern in _TRAITS.items():
        if compiled(rf"\b(?:{pattern})\b").search(question.bare) and not _declared(desk, trait):
            return trait
    return None


def _has_channels(desk: Desk) -> bool:
    return any(name.startswith("channel:") for name in desk.world.table.names)


def _declared(desk: Desk, word: str) -> bool:
    names = {
        f.removeprefix("attribute:").partition("=")[0]
        for f in desk.world.table.names
        if f.startswith("attribute:")
    }
    return any(word in name.casefold().split() for name in names)


def _instead(desk: Desk) -> str:
    """What people can be split by here."""
    table = desk.world.table
    ways = []
    if any(name.startswith("category:") for name in table.names):
        doing = {"purchases": "buy", "ratings": "rate", "posts": "write in", "events": "use"}
        ways.append(f"what they {doing[desk.world.words.domain]}")
    if "visits" in table.column:
        ways.append("when and how often they come")
    names = sorted(
        {
            f.removeprefix("attribute:").partition("=")[0]
            for f in table.names
            if f.startswith("attribute:")
        }
    )
    ways += [f"their {name}" for name in names[:3]]
    return f"I can split {desk.who} by {listed(ways)}." if ways else ""


def _no(desk: Desk, reason: str, why: str) -> Result:
    draft = Draft("none", {"reason": reason})
    draft.say(why.strip())
    leaves = list(desk.world.leaves.values())
    draft.could_ask += ["Which segments are there?", "Which segment is worth most?"]
    if leaves:
        draft.could_ask += [f"What sets {leaves[0].name} apart?"]
    if not desk.hidden and reason == "not in the log":
        draft.could_ask += [f"How many {desk.who} were not seen in the last 60 days?"]
    return draft.result("refused")
