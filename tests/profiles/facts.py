"""Facts of every kind, as the evidence stage writes them, from real shops, ratings and courses."""

from __future__ import annotations

import random
from collections.abc import Callable

from agent.records import Evidence, Fact, Vocabulary

SHOP = Vocabulary(
    domain="purchases",
    did="bought",
    doing="buying",
    item="item",
    items="items",
    event="line",
    events="lines",
    visit="order",
    visits="orders",
    currency="£",
    measure="spend",
    share_of="spend",
)
FILMS = Vocabulary(
    domain="ratings",
    did="rated",
    doing="rating",
    item="movie",
    items="movies",
    event="rating",
    events="ratings",
    visit="day",
    visits="days",
    share_of="ratings",
)
COURSE = Vocabulary(
    domain="posts",
    did="wrote in",
    doing="writing in",
    item="discussion",
    items="discussions",
    event="post",
    events="posts",
    visit="visit",
    visits="visits",
    share_of="posts",
)
CLICKS = Vocabulary(
    domain="events",
    did="used",
    doing="using",
    item="item",
    items="items",
    event="event",
    events="events",
    visit="visit",
    visits="visits",
    share_of="events",
)
VOCABULARIES = (SHOP, FILMS, COURSE, CLICKS)

TITLES = {
    "purchases": (
        "PAPER BUNTING RETROSPOT",
        "WOODEN HAPPY BIRTHDAY GARLAND",
        "SET OF 3 CAKE TINS PANTRY DESIGN",
        "RETROSPOT PARTY BAG + STICKER SET",
        "24 HERB MARKERS",
        "WHITE HANGING HEART T-LIGHT HOLDER",
        "REGENCY CAKESTAND 3 TIER",
        "JUMBO BAG RED RETROSPOT",
        "60 TEATIME FAIRY CAKE CASES",
        "HAND WARMER UNION JACK",
        "CHILDREN'S APRON DOLLY GIRL",
        "POPPY'S PLAYHOUSE BEDROOM",
        "SET/5 RED RETROSPOT LID GLASS BOWLS",
        "BAKING SET 9 PIECE RETROSPOT",
        "PACK OF 72 RETROSPOT CAKE CASES",
        "Cast-iron skillet 26 cm",
        "Merino baby hat, grey",
    ),
    "ratings": (
        "Toy Story 3 (2010)",
        "Usual Suspects, The (1995)",
        "Alien (1979)",
        "Se7en (1995)",
        "12 Angry Men (1957)",
        "Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)",
        "2001: A Space Odyssey (1968)",
        "Once (2006)",
        "300 (2007)",
        "What's Eating Gilbert Grape (1993)",
        "Evil Dead II (Dead by Dawn) (1987)",
        "M*A*S*H (a.k.a. MASH) (1970)",
        "Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)",
        "Most (2003)",
    ),
    "posts": (
        "Introduce yourself",
        "Week 3: blended learning",
        "Group 4 Q&A",
        "What works in your school?",
        "Ideas for 1:1 devices",
        "Reflections on unit 2",
        "Most of us",
        "Data use",
    ),
    "events": (
        "Dashboard",
        "Export to CSV",
        "Report 7",
        "Settings",
        "Home",
        "API keys",
        "item-0042",
    ),
}
CATEGORIES = {
    "purchases": (
        "party goods",
        "Baking",
        "Home",
        "Books",
        "retro kitchen",
        "T-LIGHTS",
        "union jack",
        "3-piece sets",
    ),
    "ratings": ("Horror", "Film-Noir", "Sci-Fi", "Children", "IMAX", "War", "Drama"),
    "posts": ("curriculum", "Unit 2", "assessment", "devices"),
    "events": ("reports", "Admin", "exports"),
}
LIFTS = (2, 3, 4, 5, 8, 10, 15, 20, 30, 50, 100)
PARTS = {
    "night": "00:00–06:00",
    "morning": "06:00–12:00",
    "afternoon": "12:00–18:00",
    "evening": "18:00–24:00",
}
SEASONS = ("January to March", "April to June", "July to September", "October to December")


def n(value: float) -> str:
    """A number as facts print it."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def pl(value: float, one: str, many: str) -> str:
    return f"{n(value)} {one if value == 1 else many}"


class Maker:
    """Random but credible facts of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, rng: random.Random, titles: tuple[str, ...] = ()):
        self.v, self.r = vocabulary, rng
        self.titles = titles or TITLES[vocabulary.domain]
        self.categories = list(CATEGORIES[vocabulary.domain])
        rng.shuffle(self.categories)

    def fact(self, kind: str, text: str, **more: object) -> Fact:
        return Fact.model_validate({"id": "E0", "kind": kind, "text": text, **more})

    def day(self, year: int = 2011) -> str:
        return f"{year}-{self.r.randint(1, 12):02}-{self.r.randint(1, 28):02}"

    def pick(self) -> str:
        return self.categories.pop() if self.categories else "other"

    def money(self, value: float) -> str:
        whole = value == int(value)
        return self.v.currency + (f"{value:,.0f}" if whole else f"{value:,.2f}")

    def totals(self) -> Fact:
        r, v = self.r, self.v
        events = r.choice((1, 2, 3, r.randint(4, 30), r.randint(30, 4000)))
        visits = r.randint(1, min(events, 300))
        many = pl(events, v.event, v.events)
        numbers = {"events": float(events)}
        if r.random() < 0.1:
            return self.fact("totals", many, numbers=numbers)
        first, last = self.day(2010), self.day(2011)
        if visits == 1:
            names, span = {"first": first}, f"on {first}"
        else:
            if r.random() < 0.2:
                last = first[:8] + "28"
            names, span = {"first": first, "last": last}, f"from {first} to {last}"
            numbers = {"visits": float(visits), **numbers}
            many = f"{pl(visits, v.visit, v.visits)} ({many})"
        return self.fact("totals", f"{many} {span}", numbers=numbers, names=names)

    def recency(self) -> Fact:
        last = self.day(2011)
        return self.fact(
            "recency",
            f"nothing since {last}; the log runs to 2012-12-09",
            names={"last": last, "end": "2012-12-09"},
        )

    def cadence(self) -> Fact:
        gap = self.r.choice((1, 2, 6, 7, 8, 14, 15, 30, 31, 45, 60, 90, 120, 200))
        every = "every day" if gap == 1 else f"every {gap} days"
        return self.fact(
            "cadence",
            f"an {self.v.visit} {every} on the median (population: 29)",
            numbers={"median_gap_days": gap, "population": 29},
        )

    def _share(self, kind: str, what: str, names: dict[str, str]) -> Fact:
        share, usual = self.r.randint(20, 100), self.r.choice((0.2, 2, 12, 31, 40, 55))
        return self.fact(
            kind,
            f"{share} % {what} (population: {n(usual)} %)",
            numbers={"share": share, "population": usual},
            names=names,
        )

    def daypart(self) -> Fact:
        part = self.r.choice(list(PARTS))
        when = "at night" if part == "night" else f"in the {part}"
        return self._share(
            "daypart", f"of {self.v.visits} {when}", {"daypart": part, "hours": PARTS[part]}
        )

    def weekpart(self) -> Fact:
        part = self.r.choice(("weekend", "Thursday", "Monday", "Sunday"))
        when = "at the weekend" if part == "weekend" else f"on {part}s"
        return self._share("weekpart", f"of {self.v.visits} {when}", {"weekpart": part})

    def season(self) -> Fact:
        name = self.r.choice(SEASONS)
        return self._share("season", f"of {self.v.share_of} in {name}", {"season": name})

    def category(self) -> Fact:
        name, share = self.pick(), self.r.randint(3, 100)
        lift = self.r.choice((None, 1.5, *LIFTS))
        usual = max(0.1, round(share / lift, 1)) if lift else share
        rows = self.r.randint(2, 90)
        numbers = {"share": share, "population": usual, "count": rows}
        told = f"population: {n(usual)} %"
        if lift:
            numbers["lift"] = lift
            told += f", about {n(lift)} times as much"
        text = f"{name} {share} % of {self.v.share_of}, {pl(rows, self.v.event, self.v.events)}"
        return self.fact("category", f"{text} ({told})", numbers=numbers, names={"category": name})

    def opinion(self) -> Fact:
        name, own = self.pick(), 3.6
        side = self.r.choice(("above", "below"))
        mean = round(own + self.r.randint(4, 12) / 10 * (1 if side == "above" else -1), 1)
        return self.fact(
            "opinion",
            f"rates {name} {mean} on average over 12, {side} their own {own}",
            numbers={"mean": mean, "own": own, "count": 12},
            names={"category": name, "side": side},
        )

    def items(self) -> Fact:
        names = self.r.sample(self.titles, self.r.randint(1, min(3, len(self.titles))))
        roles = {f"item{i}": name for i, name in enumerate(names, 1)}
        form = self.r.choice(("count", "rating", "few"))
        if form == "few":
            return self.fact("items", "among them: " + "; ".join(names), names=roles)
        if form == "count":
            counts = sorted((self.r.randint(2, 40) for _ in names), reverse=True)
            told = [f"{t} ({c})" for t, c in zip(names, counts, strict=True)]
            told[0] = f"{names[0]} (in {pl(counts[0], self.v.visit, self.v.visits)})"
            return self.fact(
                "items",
                f"most often: {', '.join(told)}",
                names=roles,
                numbers={f"count{i}": c for i, c in enumerate(counts, 1)},
            )
        marks = sorted((self.r.choice((5, 5, 4.5, 4)) for _ in names), reverse=True)
        told = [f"{t} ({n(m)})" for t, m in zip(names, marks, strict=True)]
        return self.fact(
            "items",
            f"highest ratings: {', '.join(told)}",
            names=roles,
            numbers={f"rating{i}": m for i, m in enumerate(marks, 1)},
        )

    def trend(self) -> Fact:
        before = float(self.r.randint(40, 9000))
        ratio = self.r.choice((0.2, 0.5, 0.6, 0.9, 1.0, 1.1, 1.7, 2.0, 3.0, 8.0))
        after, middle = float(round(before * ratio)), self.day()
        way = "rising" if ratio >= 1.5 else "falling" if ratio < 0.67 else "steady"
        money = self.v.share_of == "spend"
        told = [self.money(x) if money else n(x) for x in (before, after)]
        return self.fact(
            "trend",
            f"{self.v.share_of} {way}: {told[0]} a month until {middle}, {told[1]} a month after",
            numbers={"before": before, "after": after},
            names={"middle": middle, "of": self.v.share_of},
            direction=way,
        )

    def shift(self) -> Fact:
        name, middle = self.pick(), self.day()
        before, after = self.r.sample((0, 4, 20, 35, 61, 88), 2)
        way = "rising" if after > before else "falling"
        of = self.v.share_of
        return self.fact(
            "shift",
            f"{name} {way}: {before} % of {of} until {middle}, {after} % after",
            numbers={"before": before, "after": after},
            names={"category": name, "middle": middle},
            direction=way,
        )

    def spend(self) -> Fact:
        total = self.r.choice((8.5, 9.99, 61.0, 34684.0, 259657.0))
        top = self.r.choice((None, 1, 5, 25))
        text = f"{self.money(total)} in all" + (f" (top {top} % of users)" if top else "")
        numbers = {"spend": total} | ({"top": float(top)} if top else {})
        return self.fact("spend", text, numbers=numbers)

    def _median(self, kind: str, text: str, own: float, usual: float) -> Fact:
        return self.fact(kind, text, numbers={"median": own, "population": usual})

    def basket(self) -> Fact:
        own = self.r.choice((9.99, 75.0, 575.0, 1294.0))
        return self._median(
            "basket", f"median order {self.money(own)} (population: {self.money(300)})", own, 300.0
        )

    def quantity(self) -> Fact:
        own = self.r.choice((1, 2.5, 4, 12, 48, 108))
        return self._median(
            "quantity",
            f"{pl(own, 'piece', 'pieces')} a {self.v.event} on the median (population: 6)",
            own,
            6.0,
        )

    def price(self) -> Fact:
        own = self.r.choice((0.42, 1.25, 8.5, 12.0))
        return self._median(
            "price",
            f"{self.money(own)} a piece on the median (population: {self.money(2.1)})",
            own,
            2.1,
        )

    def breadth(self) -> Fact:
        items = self.r.randint(1, 400)
        events = items * self.r.randint(1, 9) + 5
        v = self.v
        return self.fact(
            "breadth",
            f"{pl(items, 'different ' + v.item, 'different ' + v.items)} in "
            f"{pl(events, v.event, v.events)}",
            numbers={"items": items, "events": events},
        )

    def repeat(self) -> Fact:
        return self._share("repeat", f"of {self.v.events} repeat a {self.v.item} from before", {})

    def tail(self) -> Fact:
        share, usual = self.r.randint(10, 90), 12
        return self.fact(
            "tail",
            f"{share} % of {self.v.events} on {self.v.items} that fewer than 20 users "
            f"touched (population: {usual} %)",
            numbers={"share": share, "population": usual, "limit": 20},
        )

    def returns(self) -> Fact:
        lines = self.r.randint(1, 40)
        return self.fact(
            "returns",
            f"{lines} returned {'line' if lines == 1 else 'lines'}",
            numbers={"lines": lines},
        )

    def rating(self) -> Fact:
        mean = self.r.choice((2.4, 3.1, 4.0, 4.6))
        side = "above" if mean > 3.7 else "below"
        return self.fact(
            "rating",
            f"average rating {n(mean)} over 200 (population: 3.7)",
            numbers={"mean": mean, "population": 3.7, "count": 200},
            names={"side": side},
        )

    def channel(self) -> Fact:
        name = self.r.choice(("app", "web", "E-Mail", "phone"))
        return self._share("channel", f"of activity through {name}", {"channel": name})

    def action(self) -> Fact:
        return self._share("action", "of events are views", {"action": "view"})

    def words(self) -> Fact:
        words = self.r.sample(
            ("atmospheric", "twist ending", "so bad it's good", "in 3 days", "most"), 3
        )
        counts = sorted((self.r.randint(1, 9) for _ in words), reverse=True)
        told = ", ".join(f"\u2018{w}\u2019 ({c})" for w, c in zip(words, counts, strict=True))
        return self.fact(
            "words",
            f"{self.r.choice(('words used most', 'searched most'))}: {told}",
            names={f"word{i}": w for i, w in enumerate(words, 1)},
            numbers={f"count{i}": c for i, c in enumerate(counts, 1)},
        )

    def ties(self) -> Fact:
        people, person = self.r.randint(1, 40), self.r.choice(("444", "u17", "Anna"))
        verb = "writes" if self.v.domain == "posts" else "tied"
        told, numbers = f"{verb} to {pl(people, 'person', 'people')}", {"people": people}
        if people == 1:
            return self.fact("ties", f"{told}, {person}", numbers=numbers, names={"person": person})
        if self.r.random() < 0.4:
            return self.fact("ties", told, numbers=numbers)
        total = people + self.r.randint(5, 60)
        return self.fact(
            "ties",
            f"{told}, most to {person} (7 of {total})",
            numbers=numbers | {"top": 7, "total": total},
            names={"person": person},
        )

    def audience(self) -> Fact:
        people = self.r.randint(1, 90)
        verb = "writes" if people == 1 else "write"
        return self.fact(
            "audience",
            f"{pl(people, 'person', 'people')} {verb} to them (population: 2)",
            numbers={"people": people, "population": 2},
        )

    def attribute(self) -> Fact:
        name, value = self.r.choice(
            (
                ("country", "Iceland"),
                ("plan", "PRO"),
                ("connect", "3"),
                ("role1", "instructional coach"),
            )
        )
        return self.fact(
            "attribute",
            f"{name}: {value} (2 % of users)",
            numbers={"population": 2},
            names={"attribute": name, "value": value},
        )

    def evidence(self, user: str, kinds: list[str]) -> Evidence:
        """Evidence of facts of `kinds`, numbered in this order."""
        makers: dict[str, Callable[[], Fact]] = {kind: getattr(self, kind) for kind in set(kinds)}
        facts = [makers[kind]() for kind in kinds]
        numbered = (f.model_copy(update={"id": f"E{i}"}) for i, f in enumerate(facts, 1))
        return Evidence(user_id=user, facts=tuple(numbered))


SHARED = (
    "recency",
    "cadence",
    "daypart",
    "weekpart",
    "season",
    "category",
    "category",
    "items",
    "trend",
    "shift",
    "shift",
    "breadth",
    "repeat",
    "tail",
    "channel",
    "action",
    "words",
    "attribute",
    "attribute",
)
OF_DOMAIN = {
    "purchases": ("spend", "basket", "quantity", "price", "returns", "category", "ties"),
    "ratings": ("rating", "opinion", "opinion"),
    "posts": ("ties", "audience"),
    "events": ("ties", "audience"),
}


def any_evidence(
    user: int, seed: int = 0, titles: tuple[str, ...] = ()
) -> tuple[Evidence, Vocabulary]:
    """A random user of a random domain: totals and up to 15 other facts in any order."""
    rng = random.Random(f"{seed}/{user}")
    vocabulary = VOCABULARIES[user % len(VOCABULARIES)]
    pool = [*SHARED, *OF_DOMAIN[vocabulary.domain]]
    kinds = ["totals", *rng.sample(pool, rng.randint(0, min(15, len(pool))))]
    rng.shuffle(kinds)
    return Maker(vocabulary, rng, titles).evidence(f"u{user}", kinds), vocabulary
