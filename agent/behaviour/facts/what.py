"""What: categories and how they are liked, items, shifts of taste, breadth, repeats, own words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from agent.behaviour.facts.person import Draft, Person, Row, fact, rank_salience, share_salience
from agent.behaviour.wording import count, lift_band, number, percent

MOST_CATEGORIES = 5
LEAST_CATEGORY_SHARE = 0.03
SAME_ROWS = 0.75
"""Share of common rows from which two categories tell the same thing."""

MOST_SHIFTS = 2
LEAST_SHIFT = 0.2
LEAST_OPINION = 0.4
"""Rating points above or below the user's own mean from which a category is an opinion."""


FEWEST_WORDS = 3
"""Different words that are told though each was used only once."""


def categories(person: Person) -> Iterator[Draft]:
    if len(person.counted) < 3 or person.total <= 0:
        return
    found: list[Found] = []
    for name, rows in _by_category(person).items():
        share = sum(row.measured for row in rows) / person.total
        usual = person.population.categories.get(name, 0.0)
        if share < LEAST_CATEGORY_SHARE or len(rows) < 2:
            continue
        salience = share_salience(share, usual, len(rows) / share)
        # Two lines can be most of a small spend; what few rows show is worth less.
        salience *= len(rows) / (len(rows) + 1.5)
        if salience > 0.02:
            found.append((salience, name, share, usual, rows))
    found.sort(key=lambda f: (-f[0], f[1]))
    for salience, name, share, usual, rows in _without_twins(found)[:MOST_CATEGORIES]:
        numbers = {
            "share": percent(share),
            "population": percent(usual),
            "count": float(len(rows)),
        }
        told = f"population: {number(percent(usual))} %"
        band = lift_band(share / max(usual, 1e-9)) if usual > 0 else None
        if band is not None:
            numbers["lift"] = float(band)
            told += f", about {number(band)} times as much"
        yield fact(
            "category",
            f"{name} {number(percent(share))} % of {person.share_of}, "
            f"{count(len(rows), *person.event_words)} ({told})",
            salience, rows, numbers=numbers, names={"category": name},
        )  # fmt: skip


Found = tuple[float, str, float, float, list[Row]]


def _without_twins(found: list[Found]) -> list[Found]:
    """Leave out a category that is told by another's rows: `bakelike` beside `alarm clock`."""
    kept: list[Found] = []
    for candidate in found:
        rows = {row.position for row in candidate[4]}
        if not any(
            len(rows & other) > SAME_ROWS * min(len(rows), len(other))
            for other in ({row.position for row in taken[4]} for taken in kept)
        ):
            kept.append(candidate)
    return kept


def opinions(person: Person) -> Iterator[Draft]:
    rated = [row for row in person.live if row.action == "rate" and row.value is not None]
    if len(rated) < 10:
        return
    own = sum(row.value or 0.0 for row in rated) / len(rated)
    found = []
    for name, rows in _by_category(person, rated).items():
        if len(rows) < 5:
            continue
        mean = sum(row.value or 0.0 for row in rows) / len(rows)
        shrunk = (mean - own) * len(rows) / (len(rows) + PRIOR_RATINGS)
        if abs(shrunk) >= LEAST_OPINION and round(mean, 1) != round(own, 1):
            found.append((abs(shrunk), name, mean, rows))
    found.sort(key=lambda f: (-f[0], f[1]))
    for strength, name, mean, rows in found[:2]:
        side = "above" if mean > own else "below"
        yield fact(
            "opinion",
            f"rates {name} {number(round(mean, 1))} on average over {len(rows)}, {side} their own "
            f"{number(round(own, 1))}",
            strength, rows,
            numbers={"mean": round(mean, 1), "own": round(own, 1), "count": float(len(rows))},
            names={"category": name, "side": side},
        )  # fmt: skip


PRIOR_RATINGS = 5.0


def items(person: Person) -> Iterator[Draft]:
    """The items a user keeps coming back to; failing that the best rated; failing that a few."""
    by_item: defaultdict[str, list[Row]] = defaultdict(list)
    for row in person.counted:
        by_item[row.item].append(row)
    if not by_item:
        return
    titles, users = person.catalogue.titles, person.catalogue.users
    visits = {item: len({row.visit for row in rows}) for item, rows in by_item.items()}
    amount = {item: sum(row.measured for row in rows) for item, rows in by_item.items()}

    def names(chosen: list[str]) -> dict[str, str]:
        return {f"item{i}": titles[item] for i, item in enumerate(chosen, start=1)}

    def behind(chosen: list[str]) -> list[Row]:
        rows = [row for item in chosen for row in by_item[item]]
        return sorted(rows, key=lambda row: row.position)

    # Of items as frequent, those that fewer people touch tell more of this one.
    repeated = [item for item in by_item if visits[item] >= 2]
    repeated = sorted(repeated, key=lambda item: (-visits[item], users[item], item))[:3]
    if (repeated and visits[repeated[0]] >= 3) or len(repeated) >= 2:
        v = person.words
        told = [f"{titles[i]} ({visits[i]})" for i in repeated]
        told[0] = f"{titles[repeated[0]]} (in {count(visits[repeated[0]], v.visit, v.visits)})"
        yield fact(
            "items", f"most often: {', '.join(told)}", 0.6 + 0.15 * min(4, visits[repeated[0]] - 2),
            behind(repeated), names=names(repeated),
            numbers={f"count{i}": float(visits[x]) for i, x in enumerate(repeated, start=1)},
        )  # fmt: skip
        return
    rated = {i: rows[-1].value for i, rows in by_item.items() if rows[-1].value is not None}
    if rated:
        # Of the user's best, those that fewest share say most; one-rater items say too little.
        best = sorted(rated, key=lambda i: (-(rated[i] or 0.0), users[i] < 5, users[i], i))[:3]
        told = [f"{titles[i]} ({number(rated[i] or 0.0)})" for i in best]
        yield fact(
            "items", f"highest ratings: {', '.join(told)}", 0.5, behind(best), names=names(best),
            numbers={f"rating{i}": float(rated[x] or 0.0) for i, x in enumerate(best, start=1)},
        )  # fmt: skip
        return
    few = sorted(by_item, key=lambda i: (-len(by_item[i]), -amount[i], i))[:3]
    told = [titles[i] for i in few]
    lead = "among them: " if len(by_item) > len(few) else ""
    yield fact("items", lead + "; ".join(told), 0.4, behind(few), names=names(few))


def shifts(person: Person) -> Iterator[Draft]:
    """Categories whose share changed between the halves of the user's own time."""
    middle = person.middle
    if middle is None or len(person.visits) < 6:
        return
    dated = [row for row in person.counted if row.at is not None]
    halves = [
        [row for row in dated if row.at and row.at.date() <= middle],
        [row for row in dated if row.at and row.at.date() > middle],
    ]
    totals = [sum(row.measured for row in half) for half in halves]
    if min(len(half) for half in halves) < 6 or min(totals) <= 0:
        return
    found = []
    by_half = [_by_category(person, half) for half in halves]
    for name in {*by_half[0], *by_half[1]}:
        rows = [half.get(name, []) for half in by_half]
        before, after = (
            sum(row.measured for row in part) / total
            for part, total in zip(rows, totals, strict=True)
        )
        if abs(after - before) >= LEAST_SHIFT and max(len(part) for part in rows) >= 4:
            found.append((abs(after - before), name, before, after, rows))
    found.sort(key=lambda f: (-f[0], f[1]))
    day = middle.isoformat()
    for change, name, before, after, rows in found[:MOST_SHIFTS]:
        direction = "rising" if after > before else "falling"
        yield fact(
            "shift",
            f"{name} {direction}: {number(percent(before))} % of {person.share_of} until {day}, "
            f"{number(percent(after))} % after",
            1.6 * change, rows[0] + rows[1],
            numbers={"before": percent(before), "after": percent(after)},
            names={"category": name, "middle": day}, direction=direction,
        )  # fmt: skip


def breadth(person: Person) -> Iterator[Draft]:
    events, distinct = len(person.counted), len({row.item for row in person.counted})
    # That nothing was rated twice goes without saying.
    if events < 5 or (distinct == events and person.words.domain != "purchases"):
        return
    v = person.words
    rank = person.population.rank("items", distinct)
    yield fact(
        "breadth",
        f"{count(distinct, f'different {v.item}', f'different {v.items}')} in "
        f"{count(events, *person.event_words)}",
        0.7 * rank_salience(rank), person.counted,
        numbers={"items": float(distinct), "events": float(events)},
    )  # fmt: skip


def repeats(person: Person) -> Iterator[Draft]:
    share, usual = person.measure("repeat_share"), person.population.means.get("repeat_share")
    if share is None or usual is None or len(person.counted) < 8 or share < 0.2:
        return
    salience = share_salience(share, usual, len(person.counted))
    if salience <= 0.05:
        return
    v = person.words
    seen: set[str] = set()
    rows = []
    for row in person.counted:
        if row.item in seen:
            rows.append(row)
        seen.add(row.item)
    yield fact(
        "repeat",
        f"{number(percent(share))} % of {person.event_words[1]} repeat "
        f"{'an' if v.item[0] in 'aeiou' else 'a'} {v.item} from before "
        f"(population: {number(percent(usual))} %)",
        salience, rows,
        numbers={"share": percent(share), "population": percent(usual)},
    )  # fmt: skip


def tail(person: Person) -> Iterator[Draft]:
    share, usual = person.measure("tail_share"), person.population.means.get("tail_share")
    if share is None or usual is None or len(person.counted) < 8 or share < 0.1:
        return
    salience = share_salience(share, usual, len(person.counted))
    if salience <= 0.1:
        return
    limit = person.population.tail_limit
    rows = [row for row in person.counted if person.catalogue.users[row.item] < limit]
    yield fact(
        "tail",
        f"{number(percent(share))} % of {person.event_words[1]} on {person.words.items} that fewer "
        f"than {number(limit)} users touched (population: {number(percent(usual))} %)",
        salience, rows,
        numbers={"share": percent(share), "population": percent(usual), "limit": float(limit)},
    )  # fmt: skip


def words(person: Person) -> Iterator[Draft]:
    """Searches and tags as typed; reviews and posts are too long to be counted as phrases."""
    rows = [row for row in person.rows if row.text and row.action in ("search", "tag")]
    said = Counter((row.text or "").strip().lower()[:60] for row in rows)
    said.pop("", None)
    if len(said) < FEWEST_WORDS and max(said.values(), default=0) < 2:
        return  # one word, used once, is nobody's word
    top = sorted(said, key=lambda phrase: (-said[phrase], phrase))[:3]
    lead = "searched most" if all(row.action == "search" for row in rows) else "words used most"
    yield fact(
        "words",
        f"{lead}: " + ", ".join(f"\u2018{phrase}\u2019 ({said[phrase]})" for phrase in top),
        0.25 + 0.1 * min(6, said[top[0]] - 1),
        [row for row in rows if (row.text or "").strip().lower()[:60] in top],
        numbers={f"count{i}": float(said[phrase]) for i, phrase in enumerate(top, start=1)},
        names={f"word{i}": phrase for i, phrase in enumerate(top, start=1)},
    )  # fmt: skip


def _by_category(
    person: Person, rows: tuple[Row, ...] | list[Row] | None = None
) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in person.counted if rows is None else rows:
        for name in person.catalogue.categories.get(row.item, ()):
            found[name].append(row)
    return found


FACTS = (categories, opinions, items, shifts, breadth, repeats, tail, words)
