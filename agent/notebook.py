"""Small cards for a notebook: segments, profiles, recommendations, answers as HTML.

Everything that a log or a model wrote is escaped. Colours are those of the notebook around the
card, so that it reads in light and in dark; nothing is fetched and nothing runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from agent.behaviour.wording import number, percent
from agent.profiles.names import shown

if TYPE_CHECKING:
    from agent.cards import ProfileCard, SegmentCard
    from agent.recommend.cards import PlacementCard, Recommendations
    from agent.records import Answer, Fact, Sentence
    from agent.segment_agent import SegmentAgent

_CARD = (
    "max-width:44rem;margin:.3rem 0;padding:.7rem .9rem;border:1px solid rgba(128,128,128,.4);"
    "border-radius:6px;color:inherit;background:transparent;font-size:.95em;line-height:1.45"
)
_QUIET = "opacity:.72;font-size:.88em"
_CITED = re.compile(r"\[[^\[\]\s]+/[^\[\]]+\]")
TOLD = 4
"""Shares shown under a recommendation."""


def segment_html(card: SegmentCard) -> str:
    """A segment: who they are, why they are one, and how well its rule held."""
    share = f"{card.size:,} users, {number(percent(card.share))} %"
    parts = [_title(card.name, f"{card.id} · {share}"), _paragraph(card.description)]
    parts += [_paragraph(_cited(card.why, card.facts), ready=True)] if card.why else []
    if card.rule:
        tested = ""
        if card.precision is not None and card.recall is not None:
            tested = (
                f" (held-out members: precision {number(percent(card.precision))} %, "
                f"recall {number(percent(card.recall))} %)"
            )
        told = " · ".join(one.text for one in card.rule)
        parts.append(_quiet(f"Rule: {told}{tested}"))
    return _card(parts)


def profile_html(card: ProfileCard) -> str:
    """A profile: the sentences with their facts to hover over, and all facts to unfold."""
    belongs = ", ".join(
        f"{one.segment} {number(percent(one.weight))} %" for one in card.memberships
    )
    if card.noise:
        belongs = f"in no segment; leans to {belongs}" if belongs else "in no segment"
    parts = [_title(card.headline, f"{card.user_id} · {belongs}" if belongs else card.user_id)]
    parts.append(_paragraph(_cited(card.sentences, card.facts), ready=True))
    if card.interests:
        told = ", ".join(f"{one.name} {one.strength:.2f}" for one in card.interests)
        parts.append(_quiet(f"Interests: {told}"))
    for stance, words in (("added", "Added by hand"), ("struck", "Struck out by hand")):
        said = [one.name for one in card.statements if one.stance == stance]
        parts += [_quiet(f"{words}: {', '.join(said)}")] if said else []
    rows = "".join(
        f'<li><span style="{_QUIET}">{escape(f.id)}</span> {escape(f.text)}</li>'
        for f in card.facts
    )
    parts.append(_folded("Evidence", f'<ul style="margin:.3rem 0">{rows}</ul>'))
    return _card(parts)


def recommendations_html(card: Recommendations) -> str:
    """A list: each item with the sentences for it and the largest shares of its score."""
    parts = [_title(f"Recommended for {card.whom}", card.remark)]
    rows = []
    for one in card.items:
        shares = " · ".join(f"{s.share:+.3f} {shown(s.title)}" for s in one.because[:TOLD])
        rows.append(
            f"<li><b>{escape(shown(one.title))}</b> "
            f'<span style="{_QUIET}">{escape(one.item_id)} · {one.score:.3f}</span><br>'
            f'{escape(one.rationale)}<br><span style="{_QUIET}">{escape(shares)}</span></li>'
        )
    parts.append(f'<ol style="margin:.3rem 0;padding-left:1.6rem">{"".join(rows)}</ol>')
    return _card(parts)


def placement_html(card: PlacementCard) -> str:
    """Where one item stands for a user, and what would change that."""
    shares = " · ".join(f"{s.share:+.3f} {shown(s.title)}" for s in card.because[:TOLD])
    parts = [_title(shown(card.title), f"{card.item_id} for {card.user_id}"), _paragraph(card.text)]
    return _card([*parts, _quiet(shares)] if card.status in ("listed", "below") else parts)


def answer_html(answer: Answer) -> str:
    """An answer: its citations to hover over, the records and the tool calls to unfold."""
    records = {f"[{one.id}]": one.text for one in answer.citations}
    said, end = [], 0
    for match in _CITED.finditer(answer.text):
        said.append(escape(answer.text[end : match.start()]))
        said.append(_mark(match[0], records.get(match[0], "")))
        end = match.end()
    said.append(escape(answer.text[end:]))
    parts = [_paragraph("".join(said), ready=True)]
    parts += [_quiet(answer.remark)] if answer.remark else []
    if answer.citations:
        rows = "".join(
            f'<li><span style="{_QUIET}">{escape(one.id)}</span> {escape(one.text)}</li>'
            for one in answer.citations
        )
        parts.append(_folded("Records", f'<ul style="margin:.3rem 0">{rows}</ul>'))
    calls = " · ".join(f"{one.tool} {one.arguments}" for one in answer.tool_calls)
    parts.append(_quiet(f"By {answer.writer} · {calls}" if calls else f"By {answer.writer}"))
    return _card(parts)


def agent_html(agent: SegmentAgent) -> str:
    """A run: its segments, largest first, leaves only."""
    leaves = sorted((s for s in agent.segments() if s.level == 1), key=lambda s: (-s.size, s.id))
    rows = "".join(
        f'<tr><td style="text-align:left">{escape(s.name)} '
        f'<span style="{_QUIET}">{escape(s.id)}</span></td>'
        f'<td style="text-align:right">{s.size:,}</td></tr>'
        for s in leaves
    )
    return _card(
        [
            _title(str(agent.run.path), f"{agent.report['users']:,} users, {len(leaves)} segments"),
            f'<table style="color:inherit;background:transparent">{rows}</table>',
        ]
    )


def _cited(sentences: Iterable[Sentence], facts: Iterable[Fact]) -> str:
    texts = {fact.id: fact.text for fact in facts}
    return " ".join(
        f"{escape(sentence.text)} "
        + "".join(_mark(f"[{fact}]", texts.get(fact, "")) for fact in sentence.facts)
        for sentence in sentences
    )


def _mark(citation: str, text: str) -> str:
    return f'<span style="{_QUIET};cursor:help" title="{escape(text)}">{escape(citation)}</span>'


def _card(parts: Iterable[str]) -> str:
    return f'<div style="{_CARD}">{"".join(parts)}</div>'


def _title(text: str, beside: str) -> str:
    aside = f' <span style="{_QUIET}">{escape(beside)}</span>' if beside else ""
    return f'<div style="margin-bottom:.25rem"><b>{escape(text)}</b>{aside}</div>'


def _paragraph(text: str, *, ready: bool = False) -> str:
    return f'<div style="margin:.25rem 0">{text if ready else escape(text)}</div>'


def _quiet(text: str) -> str:
    return f'<div style="margin:.25rem 0;{_QUIET}">{escape(text)}</div>'


def _folded(title: str, inside: str) -> str:
    return (
        f'<details style="margin:.25rem 0"><summary style="{_QUIET};cursor:pointer">'
        f"{escape(title)}</summary>{inside}</details>"
    )
