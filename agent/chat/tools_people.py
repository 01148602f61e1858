"""tools about single people: whom words fit, who somebody is, why they are where they are."""

from __future__ import annotations

from agent.behaviour.wording import number, percent
from agent.chat.arguments import Arguments, Many, SegmentName, UserName, Words
from agent.chat.desk import Desk
from agent.chat.figures import called, deeds_of, figure_text, listed
from agent.chat.placing import MOST_CHANGES, Placing, place
from agent.chat.results import Draft, Focus, Result, refused
from agent.profiles.names import shown

WORTH_TELLING = 0.1
"""Share of the difference from which what speaks for the other side is told."""
LIKE = 0.2
"""Cosine under which a profile has nothing to do with a description."""


class Sought(Arguments):
    words: Words
    segment: SegmentName | None = None
    count: Many = 5


class Person(Arguments):
    user: UserName
    detail: bool = False
    """Every fact, rather than what matters most."""


class Belonging(Arguments):
    user: UserName
    segment: SegmentName | None = None
    """None: their own, or the nearest where they are in none."""


def unseen(desk: Desk, tool: str) -> Result:
    """What a tool about single people says to a reader who may not see any."""
    return refused(
        tool,
        {},
        f"I don't speak of single {desk.who} here, only of groups of {desk.world.min_group} "
        "or more.",
        "Which segments are there?",
        "Which segment is worth most?",
    )


def find_users(desk: Desk, asked: Sought) -> Result:
    """Users whose profile fits a description."""
    if desk.hidden:
        return unseen(desk, "find_users")
    world = desk.world
    segment = desk.names.segment(asked.segment) if asked.segment else None
    draft = Draft("find_users", {**asked.model_dump(mode="json"), "segment": segment})
    wanted = asked.count if segment is None else len(world.table.users)
    hits = [hit for hit in world.find("profiles", asked.words, wanted) if hit.score >= LIKE]
    if segment is not None:
        inside = world.members[segment]
        hits = [hit for hit in hits if inside[world.row[hit.id]]]
    hits = hits[: asked.count]
    for hit in hits:
        record = draft.cite(f"user/{hit.id}", f"{hit.id}: {world.headline(hit.id)}")
        draft.say(f"{hit.id}: {world.headline(hit.id)}.", record)
    draft.data = {"users": [{"user": hit.id, "score": round(hit.score, 3)} for hit in hits]}
    if not hits:
        draft.say(f"No profile reads like “{shown(asked.words)}”.")
        draft.could_ask += ["Which segments are there?"]
        return draft.result("nothing")
    draft.could_ask += [f"Who is {hits[0].id}?"]
    return draft.result(focus=Focus(users=tuple(hit.id for hit in hits)))


def user_profile(desk: Desk, asked: Person) -> Result:
    """A user's profile, the facts behind it and the segments they lean to."""
    if desk.hidden:
        return unseen(desk, "user_profile")
    world = desk.world
    user = desk.names.user(asked.user)
    draft = Draft("user_profile", {"user": user, "detail": asked.detail})
    profile, membership = world.profiles.get(user), world.memberships.get(user)
    assert profile is not None
    assert membership is not None
    for fact in profile.facts:
        draft.cite(f"user/{user}/{fact.id}", fact.text)
    first = profile.sentences[0].facts if profile.sentences else ()
    draft.say(f"{user}: {profile.headline}.", *(f"user/{user}/{fact}" for fact in first))
    draft.tell(profile.sentences, f"user/{user}/")
    leans = [(w.segment, w.weight) for w in membership.weights if w.weight >= 0.005]
    told = [f"{called(world, s)} ({number(percent(weight))} %)" for s, weight in leans]
    where = f"belongs to {listed(told)}" if told else "belongs to no segment"
    if membership.noise:
        where = "belongs to no segment" + (f", and leans to {listed(told)}" if told else "")
    record = draft.cite(f"user/{user}/memberships", f"{user} {where}")
    draft.say(f"{user} {where}.", record)
    for fact in profile.facts:
        draft.add(f"{fact.text[:1].upper()}{fact.text[1:]}.", f"user/{user}/{fact.id}")
    draft.data = {
        "user": user,
        "noise": membership.noise,
        "headline": profile.headline,
        "memberships": [{"segment": s, "weight": weight} for s, weight in leans],
        "interests": [i.model_dump(mode="json") for i in profile.interests],
    }
    if asked.detail:
        draft.said = [draft.said[0], *draft.more]
    draft.could_ask += [f"What should we show {user}?"]
    if leans:
        draft.could_ask += [f"Why is {user} in {called(world, leans[0][0])}?"]
    segments = tuple(s for s, _ in leans if s in world.segments)
    return draft.result(focus=Focus(users=(user,), segments=segments))


def why_in_segment(desk: Desk, asked: Belonging) -> Result:
    """Why a user is, or is not, in a segment: what decides, and what would change it."""
    if desk.hidden:
        return unseen(desk, "why_in_segment")
    world = desk.world
    user = desk.names.user(asked.user)
    segment = desk.names.segment(asked.segment) if asked.segment else None
    if segment is not None and world.segments[segment].level == 0:
        segment = _likeliest_part(desk, user, segment)
    if not world.leaves:
        return refused("why_in_segment", {"user": user}, "This run has no segments to belong to.")
    found = place(world, user, segment)
    draft = Draft("why_in_segment", {"user": user, "segment": found.segment})
    cited = _cite_placing(desk, draft, found)
    _tell_placing(desk, draft, found, cited)
    draft.data = {
        "user": user,
        "segment": found.segment,
        "other": found.other,
        "in": found.inside,
        "weight": found.weight,
        "distance": found.distance,
        "other_distance": found.other_distance,
        "blocks": dict(found.blocks),
        "noise": found.noise,
    }
    draft.could_ask += [f"Who is {user}?", f"What sets {called(world, found.segment)} apart?"]
    return draft.result(focus=Focus(users=(user,), segments=(found.segment,)))


def _likeliest_part(desk: Desk, user: str, parent: str) -> str:
    parts = [i for i, card in desk.world.leaves.items() if card.parent == parent]
    membership = desk.world.memberships.get(user)
    assert membership is not None
    if membership.label in parts:
        return str(membership.label)
    weights = {w.segment: w.weight for w in membership.weights}
    return max(parts, key=lambda part: (weights.get(part, 0.0), part))


def _cite_placing(desk: Desk, draft: Draft, found: Placing) -> str:
    """The record of the distances that place the user."""
    world = desk.world
    text = f"{found.user}: squared distance {found.distance:.1f} to {called(world, found.segment)}"
    if found.other is not None:
        text += f", {found.other_distance:.1f} to {called(world, found.other)}"
        shares = [f"{block} {amount:+.1f}" for block, amount in found.blocks]
        text += f"; by blocks: {', '.join(shares)}"
    text += f"; weight {number(percent(found.weight))} %"
    return draft.cite(f"user/{found.user}/placing/{found.segment}", text)


def _tell_placing(desk: Desk, draft: Draft, found: Placing, record: str) -> None:
    world, name = desk.world, called(desk.world, found.segment)
    weight = f"{number(percent(found.weight))} %"
    if found.inside:
        draft.say(f"{found.user} is in {name}, with a weight of {weight}.", record)
    elif found.noise:
        draft.say(f"{found.user} is in no segment; {weight} of the weight leans to {name}.", record)
    else:
        assert found.other is not None
        draft.say(
            f"{found.user} is in {called(world, found.other)}, not in {name} (weight {weight}).",
            record,
        )
    total = sum(amount for _, amount in found.blocks)
    for_it = [one for one in found.deciding if one.amount > 0][:3]
    against = [one for one in found.deciding if one.amount < 0][:3]
    # What hardly counts against where they are is no part of the answer.
    weak = against if total > 0 else for_it
    if sum(abs(one.amount) for one in weak) < WORTH_TELLING * abs(total):
        weak.clear()
    if found.other is not None:
        rival = called(world, found.other)
        for side, features in ((name, for_it), (rival, against)):
            if features:
                facts = [
                    draft.cite(
                        f"user/{found.user}/{one.feature}",
                        f"{found.user}: {figure_text(world, one.feature, one.own)} ({name}: "
                        f"{figure_text(world, one.feature, one.typical)}; {rival}: "
                        f"{figure_text(world, one.feature, one.rival)})",
                    )
                    for one in features
                ]
                told = deeds_of(world, [(one.feature, one.own) for one in features])
                draft.say(f"What speaks for {side}: they {told}.", *facts)
    if found.noise and found.beyond:
        draft.say(
            f"They are further from every segment's core than its people are: squared "
            f"distance {found.distance:.1f}, where {found.reach:.1f} is the limit.",
            draft.cite(
                f"user/{found.user}/reach",
                f"squared distance to the nearest core "
                f"{found.distance:.1f}; the limit is {found.reach:.1f}",
            ),
        )
    if found.other is not None and not found.change and not found.noise:
        stay = name if found.inside else called(world, found.other)
        record = draft.cite(
            f"user/{found.user}/change/{found.segment}",
            f"recomputed: with the {MOST_CHANGES} features that count most as there, "
            f"{found.user} would still be nearer to {stay}",
        )
        goal = called(world, found.other) if found.inside else name
        draft.say(
            f"Not even the {MOST_CHANGES} features that count most, as they are in {goal}, "
            "would take them there.",
            record,
        )
    if found.change:
        told = listed([_as_theirs(desk, one) for one in found.change])
        goal = name if not found.inside else called(world, found.other or "")
        changed = draft.cite(
            f"user/{found.user}/change/{found.segment}",
            f"recomputed: with {told}, {found.user} would be nearer to {goal}",
        )
        draft.say(f"They would be nearer to {goal} with {told}.", changed)


def _as_theirs(desk: Desk, change: tuple[str, float]) -> str:
    feature, value = change
    return figure_text(desk.world, feature, value)
