"""questions that lean on the one before: `why?`, `and the second largest?`, `export them`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from agent.chat.calls import Call
from agent.chat.criteria import criteria
from agent.chat.desk import Desk
from agent.chat.intents import route
from agent.chat.patterns import KINDS, MOST, WANTS
from agent.chat.question import Question
from agent.chat.results import Result
from agent.chat.threads import Turn
from agent.chat.vocabulary import LOW

_LEANS = re.compile(
    r"^(?:and|but|also|ok|okay|so|then|or|what about|how about|same|now|instead|next"
    r"|the (?:next|other))\b"
)
_WHY = re.compile(
    r"^(?:and |but |ok |so )?(?:why|how come|why is that|why so|explain(?: that| it| this)?"
    r"|why (?:are|do|is|does) (?:they|it|that)(?: .{0,12})?"
    r"|what makes (?:them|it) (?:so|a segment|one))[?.! ]*$"
)
_MORE = re.compile(
    r"^(?:and |ok )?(?:(?:tell|show|give) me )?"
    r"(?:more|some more|(?:more|the|all the) (?:details?|facts)|go on|what else|anything else"
    r"|details)"
    r"(?: (?:about|on) (?:them|it|that|this|her|him))?[?.! ]*$"
)
_THEY = re.compile(
    r"\b(?:they|them|their|theirs|those|these|it|its|there|the (?:segment|group|audience)"
    r"|(?:that|this) (?:segment|group|one|lot)|(?:that|this|the) (?:list|audience|result))\b"
)
_ONE_PERSON = re.compile(r"\b(?:he|she|him|her|his|(?:this|that) (?:user|customer|person))\b")
_ONE_OF = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|former|latter)(?: one| segment| group)?\b"
)
TAKES_A_SEGMENT = frozenset(
    {
        "campaign_brief",
        "describe_segment",
        "export_audience",
        "recommend",
        "segment_demand",
        "segment_members",
        "size_audience",
        "summarise",
        "why_in_segment",
    }
)
AUDIENCES = ("size_audience", "export_audience", "list_users")
_SHORT = re.compile(r"^(?:the\b|\w+(?: \w+){0,2}\W*$)")
_LISTS_PEOPLE = frozenset({"segment_members", "list_users", "users_like", "find_users"})
ABOUT_PEOPLE = frozenset({"user_profile", "why_in_segment", "explain_recommendation"})


def follow(question: Question, desk: Desk, turns: Sequence[Turn]) -> Call | None:
    """The call that a leaning question asks for; None when it stands on its own feet."""
    if not turns or not turns[-1].results:
        return None
    last = turns[-1].results[-1]
    if last.status == "refused" and last.tool == "none":
        earlier = [r for turn in turns[:-1] for r in turn.results if r.tool != "none"]
        if not earlier:
            return None
        last = earlier[-1]
    if _WHY.match(question.text):
        return _why(last)
    if _MORE.match(question.text):
        return _more(last)
    told = last.tool in ("recommend", "explain_recommendation") and last.focus.items
    if told and last.focus.users and question.has(r"what would (?:change|bring|drop)"):
        user, item = last.focus.users[0], last.focus.items[0]
        return Call("explain_recommendation", {"user": user, "item": item})
    leaning = _LEANS.match(question.text) is not None
    named = bool(question.segments or question.users or question.unknown_user)
    return (
        (
            _ranked_on(question, last)
            if not named and (leaning or _SHORT.match(question.text))
            else None
        )
        or _with_they(question, desk, last, named=named)
        or (_same_of(question, desk, last) if leaning else None)
    )


def _why(last: Result) -> Call | None:
    focus, arguments = last.focus, last.arguments
    if last.tool == "recommend" and arguments.get("user") and focus.items:
        return Call("explain_recommendation", {"user": arguments["user"], "item": focus.items[0]})
    if last.tool == "user_profile" and focus.users:
        return Call("why_in_segment", {"user": focus.users[0], "segment": None})
    if last.tool in ("why_in_segment", "explain_recommendation") and focus.users:
        return Call("user_profile", {"user": focus.users[0]})
    if focus.segments:
        return Call(
            "describe_segment",
            {"segment": focus.segments[0], "detail": last.tool == "describe_segment"},
        )
    return None


def _more(last: Result) -> Call | None:
    if last.tool in ("rank_segments", "overview"):
        start = _number(last.arguments.get("start"), 1) + _number(last.arguments.get("count"), 5)
        return _rank(last, start=start, count=5)
    if last.focus.users and last.tool in ABOUT_PEOPLE:
        return Call("user_profile", {"user": last.focus.users[0], "detail": True})
    if last.focus.segments:
        return Call("describe_segment", {"segment": last.focus.segments[0], "detail": True})
    return None


def _ranked_on(question: Question, last: Result) -> Call | None:
    """`and the second largest?`, `the next one`, `and the smallest?` after a list of segments."""
    if last.tool not in ("rank_segments", "overview") or question.features or question.categories:
        return None
    short = len(question.text.split()) <= 7
    if not short or question.has(
        r"they|them|their|show|recommend|compare|why|export|describe|tell me about"
    ):
        return None
    if re.search(r"\bnext\b", question.bare):
        start = _number(last.arguments.get("start"), 1) + _number(last.arguments.get("count"), 1)
        return _rank(last, start=start, count=1)
    if question.ordinal is not None:
        order = "least" if LOW.search(question.bare) else None
        return _rank(last, start=question.ordinal, count=1, order=order)
    if question.has(MOST):
        order = "least" if LOW.search(question.bare) else "most"
        return _rank(last, start=1, count=question.count or 1, order=order)
    return None


def _rank(last: Result, *, start: int, count: int, order: str | None = None) -> Call:
    kept: dict[str, Any] = {
        name: last.arguments[name] for name in ("by", "order") if name in last.arguments
    }
    changed = {"order": order} if order else {}
    return Call("rank_segments", {**kept, "start": start, "count": count, **changed})


def _with_they(question: Question, desk: Desk, last: Result, *, named: bool) -> Call | None:
    """With what `they`, `it` or `the second one` stands for put in."""
    focus = last.focus
    one_of = _ONE_OF.search(question.bare)
    listed = focus.users if last.tool in _LISTS_PEOPLE else focus.segments
    if one_of and listed and not named and not question.features:
        places = {"last": len(listed), "former": 1, "latter": 2}
        place = places.get(one_of[0].split()[0], question.ordinal or 1)
        if place <= len(listed):
            meant = (listed[place - 1],)
            return route(
                replace(question, users=meant)
                if listed is focus.users
                else replace(question, segments=meant),
                desk,
            )
    if (
        named
        and len(question.segments) == 1
        and question.has(r"compar\w+|differ\w*|versus|vs\b|against")
    ):
        others = [s for s in focus.segments if s not in question.segments]
        if others:
            return route(replace(question, segments=(others[0], *question.segments)), desk)
    they = _THEY.search(question.bare) is not None
    person = _ONE_PERSON.search(question.bare) is not None
    if named and not (they and question.segments and focus.users):
        return None
    if not they and not person:
        return None
    call = same_audience(question, desk, last)
    if call is not None:
        return call
    about_person = bool(focus.users) and (
        person
        or last.tool in ABOUT_PEOPLE
        or (last.tool == "recommend" and bool(last.arguments.get("user")))
    )
    if about_person:
        return route(replace(question, users=(focus.users[0],)), desk)
    if focus.segments:
        return route(replace(question, segments=(focus.segments[0],)), desk)
    return None


def same_audience(question: Question, desk: Desk, last: Result) -> Call | None:
    """More said of the people just counted: `how many of them …`, `export them`."""
    if last.tool not in AUDIENCES or not last.arguments.get("conditions"):
        return None
    more = [one.model_dump() for one in criteria(question, desk)]
    before = last.arguments.get("conditions")
    kept = list(before) if isinstance(before, list) else []
    arguments = {"segment": last.arguments.get("segment"), "conditions": [*kept, *more]}
    if question.has(r"export|download|csv"):
        return Call("export_audience", arguments)
    if not more and question.has(WANTS):
        kind = "categories" if question.has(KINDS) else "items"
        return Call("segment_demand", {**arguments, "kind": kind})
    narrowed = (
        r"how many|what share|which share|of (?:them|these|those)|only|just|limit|filter|restrict"
    )
    if more and question.has(narrowed):
        return Call("size_audience", arguments)
    return None


def _same_of(question: Question, desk: Desk, last: Result) -> Call | None:
    """`and s5?`, `what about London?`: the last call with what is named put in its place."""
    arguments: dict[str, Any] = dict(last.arguments)
    if question.segments and last.tool in TAKES_A_SEGMENT and len(question.text.split()) <= 12:
        return Call(last.tool, {**arguments, "segment": question.segments[0]})
    if question.segments and last.tool in ("rank_segments", "overview"):
        return Call("describe_segment", {"segment": question.segments[0]})
    if question.users and "user" in arguments:
        return Call(last.tool, {**arguments, "user": question.users[0]})
    features = [f for f in (*question.features, *question.values) if f in desk.world.table.column]
    if last.tool == "size_audience":
        conditions = [one.model_dump() for one in criteria(question, desk)]
        if conditions:
            return Call("size_audience", {**arguments, "conditions": conditions})
    if features and last.tool in ("rank_segments", "summarise"):
        name = "by" if last.tool == "rank_segments" else "feature"
        return Call(last.tool, {**arguments, name: features[0]})
    if last.tool == "who_buys":
        kept = {"count": arguments.get("count", 3)}
        if question.items:
            return Call("who_buys", {**kept, "item": question.items[0]})
        if question.categories:
            return Call("who_buys", {**kept, "category": question.categories[0]})
    if last.tool == "segment_demand" and question.has(r"categor\w+|items?\b|products?\b"):
        kind = "categories" if question.has(r"categor\w+") else "items"
        return Call("segment_demand", {**arguments, "kind": kind})
    return None


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
