"""The aggregate scope: no ids, rounded counts, and no way to a few by the difference of two."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from agent.chat.audience import Condition, Wanted
from agent.chat.conversation import Conversation
from agent.chat.splits import SEGMENT
from agent.chat.toolbox import TOOLS
from agent.chat.world import NOWHERE
from tests.chat.asking import Cast, read_questions

Told = dict[Wanted, tuple[int, np.ndarray]]


@pytest.fixture
def told(hidden: Conversation) -> Told:
    """Every audience of one or two things that is told: the count shown and who it is."""
    desk = hidden.desk
    audiences, table = desk.audiences, desk.world.table
    single: list[Condition] = []
    for feature in table.names:
        if feature.startswith("attribute:"):
            single.append(Condition(feature=feature, op="is"))
            single.append(Condition(feature=feature, op="is not"))
            continue
        split = audiences.splits.split(feature)
        for cut in split.cuts if split else ():
            single.append(Condition(feature=feature, op="at least", value=cut))
    segments = [None, *desk.world.segments, NOWHERE]
    asked = [Wanted(segment=s) for s in segments]
    asked += [Wanted(segment=s, conditions=(c,)) for s in segments for c in single]
    few = single[:: max(1, len(single) // 25)]
    asked += [Wanted(conditions=pair) for pair in combinations(few, 2)]
    found: Told = {}
    for wanted in asked:
        count = audiences.count(wanted)
        if count.people is not None:
            found[wanted] = (count.people, audiences.who(count.wanted))
    return found


def test_what_is_told_is_a_multiple_of_the_smallest_group(told: Told) -> None:
    assert len(told) > 100
    assert all(people % 5 == 0 and who.sum() >= 5 for people, who in told.values())


def test_the_difference_of_two_is_never_a_few(told: Told) -> None:
    """All pairs where one question only adds a condition, or slides a threshold."""
    wrong = []
    for one, (_, wide) in told.items():
        for other, (_, narrow) in told.items():
            nested = one.segment in (None, other.segment) and set(one.conditions) <= set(
                other.conditions
            )
            slid = one.segment == other.segment and _only_a_threshold_apart(one, other)
            if (nested or slid) and not (narrow & ~wide).any():
                left = int((wide & ~narrow).sum())
                if 0 < left < 5:
                    wrong.append((one, other, left))
    assert not wrong


def _only_a_threshold_apart(one: Wanted, other: Wanted) -> bool:
    a, b = set(one.conditions) - set(other.conditions), set(other.conditions) - set(one.conditions)
    return (
        len(a) == len(b) == 1
        and next(iter(a)).feature == next(iter(b)).feature
        and next(iter(a)).op == next(iter(b)).op
    )


def test_what_is_left_of_all_segments_together_is_never_a_few(
    told: Told, hidden: Conversation
) -> None:
    """Everybody who meets a condition, less those in the segments that are told of it."""
    leaves = [*hidden.desk.world.leaves, NOWHERE]
    checked = 0
    for wanted, (_, everybody) in told.items():
        if wanted.segment is None and len(wanted.conditions) == 1:
            known = [Wanted(segment=s, conditions=wanted.conditions) for s in leaves]
            rest = everybody.copy()
            for one in known:
                if one in told:
                    rest &= ~told[one][1]
            checked += 1
            assert rest.sum() == 0 or rest.sum() >= 5, wanted
    assert checked > 20


def test_a_threshold_cannot_be_slid_past_one_person(hidden: Conversation) -> None:
    shown = set()
    for tenths in range(0, 1001, 5):
        condition = Condition(feature="weekend_share", op="at least", value=tenths / 1000)
        shown.add(hidden.desk.audiences.count(Wanted(conditions=(condition,))).people)
    split = hidden.desk.audiences.splits.split("weekend_share")
    assert split is not None
    assert len(shown) <= len(split.cuts)


def test_three_things_at_once_are_refused(hidden: Conversation) -> None:
    answer = hidden.ask(
        "How many customers in London on the plus plan make at least 30 % of visits at the weekend?"
    )
    assert "two things at a time" in answer.text


def test_every_split_has_large_parts_only(hidden: Conversation) -> None:
    splits = hidden.desk.audiences.splits
    names = [*hidden.desk.world.table.names, SEGMENT]
    attributes = {n.partition("=")[0] for n in names if n.startswith("attribute:")}
    made = [splits.split(n) for n in {*names, *attributes} if "=" not in n]
    parts = [part for split in made if split for part in split.parts]
    assert len(parts) > 40
    assert min(int(part.sum()) for part in parts) >= 5
    for split in filter(None, made):
        assert (np.sum(split.parts, axis=0) == 1).all(), split.name


def test_no_answer_names_a_user_or_an_exact_count(hidden: Conversation, cast: Cast) -> None:
    """All questions of the suite, and more that ask for ids, in the aggregate scope."""
    users = set(hidden.desk.world.table.users)
    sizes = {
        str(int(mask.sum()))
        for mask in hidden.desk.world.members.values()
        if int(mask.sum()) % 5 and mask.sum() > 10
    }
    questions = [cast.fill(one.ask) for one in read_questions()]
    questions += [
        cast.fill("Is {user} in {first}?"),
        "list all user ids",
        "who stands for the largest segment?",
        "show me the smallest group of people",
    ]
    for question in questions:
        answer = hidden.ask(question)
        told = " ".join([answer.text, *(c.text for c in answer.citations), *answer.could_ask])
        words = set(re.findall(r"[\w.-]+", told))
        assert not words & users, question
        exact = re.findall(r"(?<!about )\b(\d+) (?:customers|users|members)\b", told)
        assert not set(exact) & sizes, (question, exact)


def test_single_people_are_refused_whether_they_exist_or_not(
    hidden: Conversation, cast: Cast
) -> None:
    known, unknown = hidden.ask(f"Who is {cast.names['{user}']}?"), hidden.ask("Who is u9999?")
    assert known.text == unknown.text
    assert "single customers" in known.text


def test_tools_about_individuals_are_not_offered(hidden: Conversation) -> None:
    offered = {tool.name for tool in hidden.toolbox.tools}
    assert offered == {tool.name for tool in TOOLS if not tool.individuals}
    assert "export_audience" not in offered
    refused = hidden.toolbox.call(
        "export_audience", {"segment": next(iter(hidden.desk.world.leaves))}
    )
    assert refused.status == "refused"
    assert not hidden.pending()


def test_a_thread_of_an_analyst_cannot_be_read_on(
    talk: Conversation, hidden: Conversation, cast: Cast
) -> None:
    thread = talk.ask(f"Who is {cast.names['{user}']}?").thread
    from agent.errors import UnknownNameError

    with pytest.raises(UnknownNameError, match="no thread"):
        hidden.ask("tell me more", thread)
