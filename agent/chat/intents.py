"""what is asked → which tool with which arguments: rules tried in order, the first that fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from agent.chat import patterns as p
from agent.chat.calls import (
    Call,
    asked_attributes,
    asked_count,
    known_features,
    meant_segment,
    ranked_segment,
    read_audience,
    whom,
)
from agent.chat.desk import Desk
from agent.chat.intents_measured import PLAIN, lowest, rank, size, summarise, usual, when
from agent.chat.question import Question
from agent.chat.tools_help import TERMS
from agent.chat.vocabulary import LOW, bounds
from agent.chat.world import NOWHERE
from agent.segments.readable import unit

SHORT = 4
"""Words up to which a question is hardly more than a greeting or a name."""
Rule = Callable[[Question, Desk], Call | None]


def route(question: Question, desk: Desk) -> Call | None:
    """The call that answers a question by the rules; None when none of them fits."""
    for rule in RULES:
        call = rule(question, desk)
        if call is not None:
            return call
    return None


def _export(q: Question, desk: Desk) -> Call | None:
    if not q.has(p.EXPORT):
        return None
    audience = read_audience(q, desk)
    return Call(
        "export_audience", {**audience, "segment": audience["segment"] or ranked_segment(q, desk)}
    )


def _brief(q: Question, desk: Desk) -> Call | None:
    segment = meant_segment(q) or ranked_segment(q, desk)
    if segment and q.has(p.CAMPAIGN):
        return Call("campaign_brief", {"segment": segment})
    return None


def _explain(q: Question, _: Desk) -> Call | None:
    if q.items and q.person and q.has(p.EXPLAIN):
        return Call("explain_recommendation", {"user": q.person, "item": q.items[0]})
    return None


def _recommend(q: Question, desk: Desk) -> Call | None:
    if not q.has(p.RECOMMEND):
        return None
    if q.person:
        return Call("recommend", {"user": q.person, **asked_count(q)})
    if segment := meant_segment(q) or ranked_segment(q, desk):
        return Call("recommend", {"segment": segment, **asked_count(q)})
    tastes = (p.compiled(pattern).search(q.text) for pattern in p.TASTES)
    taste = next((found[1] for found in tastes if found), None)
    return Call("recommend", {"taste": taste, **asked_count(q)}) if taste else None


def _belonging(q: Question, _: Desk) -> Call | None:
    if not q.person or q.has(r"recommend|suggest"):
        return None
    if q.has(p.BELONGING) or (q.segments and q.has(r"is|isn't|does|doesn't|should")):
        return Call("why_in_segment", {"user": q.person, "segment": meant_segment(q)})
    return None


def _compare(q: Question, desk: Desk) -> Call | None:
    measured = known_features(q, desk)
    asked = q.has(p.COMPARE) or (bool(measured) and q.has(r"more|less|who|which"))
    if not asked or not q.segments:
        return None
    if len(q.segments) >= 2:
        one, other = q.segments[:2]
        feature = {"feature": measured[0]} if measured else {}
        return Call("compare_segments", {"segment": one, "other": other, **feature})
    if q.has(p.NOISE):
        return Call("compare_segments", {"segment": q.segments[0], "other": NOWHERE})
    return None


def _help(q: Question, _: Desk) -> Call | None:
    greets = p.compiled(p.GREETING).search(q.bare) and len(q.bare.split()) <= SHORT
    if greets or q.has(p.HELP):
        return Call("help", {})
    if q.has(p.MEANING) and not q.segments:
        term = next((t for t in TERMS if p.compiled(rf"\b{t}s?\b").search(q.bare)), None)
        return Call("help", {"term": term}) if term else None
    return None


def _rule(q: Question, _: Desk) -> Call | None:
    if q.segments and q.has(p.RULE):
        return Call("describe_segment", {"segment": q.segments[0], "detail": True})
    return None


def _similar(q: Question, _: Desk) -> Call | None:
    asked = q.has(p.WHO_ELSE) and q.has(p.SIMILAR)
    if q.person and asked and not q.segments:
        return Call("users_like", {"user": q.person, **asked_count(q)})
    return None


def _break_down(q: Question, desk: Desk) -> Call | None:
    """By something declared: `which region buys most`, `compare London and Scotland`."""
    attributes = asked_attributes(q, desk)
    kinds = {f.partition("=")[0].removeprefix("attribute:") for f in q.values}
    several = len(q.values) >= 2 and len(kinds) == 1
    measured = [f for f in q.features if f in desk.world.table.column]
    if q.person or q.items or not (attributes or several):
        return None
    arguments: dict[str, Any] = {"attribute": attributes[0] if attributes else kinds.pop()}
    if segment := whom(q):
        arguments["segment"] = segment
    if measured:
        arguments["feature"] = measured[0]
    elif (
        q.has(r"buys?|spends?|sell|worth|valuable|compar\w+") and "spend" in desk.world.table.column
    ):
        arguments["feature"] = "spend"
    if q.has(p.EACH_ONE):
        arguments["each"] = True
    return Call("break_down", arguments)


def _list_users(q: Question, desk: Desk) -> Call | None:
    """Single users: the best of all, or those who meet conditions."""
    audience = read_audience(q, desk)
    best = q.has(p.ONE_BEST) and not q.has(r"segments?\b|groups?\b")
    listed = q.has(p.LISTING) and (bounds(q.bare) or q.items or q.values) and not q.has(p.MOST)
    if q.person or not (best or listed) or q.has(p.HOW_MANY):
        return None
    measured = [f for f in known_features(q, desk) if unit(f) != "share"]
    arguments = {
        "by": measured[0] if measured else "spend",
        "order": "least" if LOW.search(q.bare) else "most",
        "segment": audience["segment"],
        "conditions": []
        if best and not bounds(q.bare) and not q.values
        else audience["conditions"],
    }
    single = q.has(
        r"(?:single|best|top|biggest) (?:\w+ ){0,2}(?:user|customer|person|account|spender)\b"
    )
    return Call("list_users", {**arguments, "count": q.count or (1 if single else 5)})


def _members(q: Question, desk: Desk) -> Call | None:
    segment = whom(q) or ranked_segment(q, desk)
    if segment is None or not q.has(p.MEMBERS) or q.has(r"how many|number of"):
        return None
    if q.features and q.has(p.FIGURE):
        return None  # `what does the typical customer of it spend` asks for nobody's id
    return Call("segment_members", {"segment": segment, **asked_count(q)})


def _profile(q: Question, _: Desk) -> Call | None:
    return Call("user_profile", {"user": q.person}) if q.person else None


def _demand(q: Question, desk: Desk) -> Call | None:
    """What a segment is after, those who meet conditions, or everybody."""
    wants, goods = q.has(p.WANTS), q.has(p.GOODS)
    kind = "categories" if q.has(p.KINDS) else "items"
    segment = whom(q)
    if segment is None and (q.categories or q.items) and q.has(p.ALSO) and q.has(p.LIKES):
        conditions = read_audience(q, desk)["conditions"]
        return Call("segment_demand", {"conditions": conditions, "kind": kind, **asked_count(q)})
    if q.items and not wants:
        return None
    goods_most = q.has(p.WHICH_GOODS) and q.has(rf"{p.POPULAR}|{p.MOST}")
    asked = wants or goods_most or q.has(p.BEST_SELLERS)
    if segment is None and asked and q.values and not q.categories and not q.items:
        conditions = read_audience(q, desk)["conditions"]
        return Call("segment_demand", {"conditions": conditions, "kind": kind, **asked_count(q)})
    if segment is None and re.match(r"what (?:do|does|are)\b", q.bare) and not goods_most:
        conditions = [c for c in read_audience(q, desk)["conditions"] if c["feature"] in q.features]
        if conditions and wants and not q.categories:
            return Call("segment_demand", {"conditions": conditions, "kind": kind})
    if segment is None:
        asked = _asks_of_everybody(q, goods_most)
        everybodys = {"kind": kind, "order": "popular", **asked_count(q)}
        return Call("segment_demand", everybodys) if asked else None
    if not (wants or goods or kind == "categories"):
        return None
    return Call(
        "segment_demand",
        {
            "segment": segment,
            "kind": kind,
            "order": "popular" if q.has(p.POPULAR) else "distinctive",
            **asked_count(q),
        },
    )


def _asks_of_everybody(q: Question, goods_most: bool) -> bool:
    """Of everybody only `which items are most popular` is asked, and of nothing in particular."""
    if q.has(p.BEST_SELLERS):
        return not (q.values or q.categories or {*q.features} - {"spend", "events", "visits"})
    if q.values or {*q.features} - {"spend", "events"}:
        return False
    return goods_most and not q.has(rf"{p.PEOPLE}.{{0,20}}buy")


def _who_buys(q: Question, desk: Desk) -> Call | None:
    """Who is after an item or a category."""
    if not q.has(p.WHO_BUYS) or q.segments or q.values or bounds(q.bare):
        return None
    if q.items:
        return Call("who_buys", {"item": q.items[0]})
    others = {f for f in q.features if not f.startswith("category:")}
    if len(q.categories) > 1 and q.has(r"both\b|as well as|and also"):
        return Call("size_audience", read_audience(q, desk))
    if q.categories and others <= {"spend", "events", "visits"}:
        return Call("who_buys", {"category": q.categories[0]})
    return None


def _period(q: Question, _: Desk) -> Call | None:
    """What time the log covers."""
    asked = q.has(p.PERIOD) and not (q.person or q.segments or q.items)
    return Call("overview", {}) if asked else None


def _overview(q: Question, _: Desk) -> Call | None:
    asked = q.has(p.OVERVIEW) and not q.features and not q.values
    return Call("overview", {}) if asked and not p.compiled(p.WITH_A_TRAIT).search(q.bare) else None


def _describe(q: Question, _: Desk) -> Call | None:
    if q.segments:
        return Call("describe_segment", {"segment": q.segments[0]})
    if q.meant and q.has(p.DESCRIBE):
        return Call("describe_segment", {"segment": q.meant[0]})
    return None


def _describe_ranked(q: Question, desk: Desk) -> Call | None:
    """`tell me about the second largest segment`."""
    segment = ranked_segment(q, desk)
    asked = segment and q.has(r"tell me|describe|what sets|who are|characteri\w+|explain")
    return Call("describe_segment", {"segment": segment}) if asked else None


def _find_users(q: Question, _: Desk) -> Call | None:
    found = p.compiled(p.FIND_USERS).search(q.text)
    if not found or q.segments:
        return None
    words = re.sub(r"^(?:who|that|which|like|with|whose|are|is|have|into)\b\s*", "", found[1])
    return Call("find_users", {"words": words, **asked_count(q)})


def _find_segments(q: Question, desk: Desk) -> Call | None:
    """Who do something measured: segments by that. Who are something: segments by words."""
    if not p.compiled(p.WHO_ARE_THEY).search(q.bare) or not q.has(rf"who\b|{p.PEOPLE}"):
        return None
    features = known_features(q, desk)
    telling = [f for f in features if f not in PLAIN]
    features = telling or features  # `repeat purchases` are about repeats, not about purchases
    if q.categories and len(features) == 1:
        return Call("who_buys", {"category": q.categories[0]})
    if len(features) == 1:
        by = features[0]
        arguments: dict[str, Any] = {"by": "total:spend" if by == "spend" else by}
        arguments |= {"order": "least" if lowest(q, by) else "most", "count": q.count or 3}
        return Call("rank_segments", arguments)
    words = p.compiled(p.LEAD_IN).sub("", q.text.rstrip("?.!"))
    return Call("find_segments", {"words": words}) if words.strip() else None


def _bare(q: Question, desk: Desk) -> Call | None:
    """Hardly more than a name: what is known of it."""
    if len(q.text.split()) > SHORT:
        return None
    if q.items:
        return Call("who_buys", {"item": q.items[0]})
    if q.categories:
        return Call("who_buys", {"category": q.categories[0]})
    return Call("size_audience", read_audience(q, desk)) if q.values else None


RULES: tuple[Rule, ...] = (
    _help,
    _period,
    _export,
    _similar,
    _brief,
    _explain,
    _recommend,
    _belonging,
    _compare,
    _rule,
    _members,
    _list_users,
    _break_down,
    when,
    size,
    _profile,
    usual,
    _demand,
    _who_buys,
    summarise,
    _describe_ranked,
    rank,
    _overview,
    _describe,
    _find_users,
    _find_segments,
    _bare,
)
"""In the order they are tried."""
