"""The nouns of Folkmap: one frozen record per noun, in the order they come to be.

Tables with a row per event or per user and measure stay in Polars frames (their schemas stand in
`agent.behaviour.events`, `.histories` and `.measures`); everything a person reads is a record here.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Record(BaseModel):
    """A frozen value object; an unknown field is an error, so a misspelt one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- what a log says -----------------------------------------------------------------------------


class Event(Record):
    """One row of a log. `event_id` hashes the row and its ordinal among equal rows of its file."""

    event_id: str
    user_id: str
    item_id: str
    timestamp: str | None = None
    """ISO 8601 without zone (`2011-12-09T12:50:00`); None when the log has no times."""
    action: str = "event"
    value: float | None = None
    """A rating or score on the log's own scale."""
    quantity: float | None = None
    price: float | None = None
    """Price of one piece, in the log's own currency."""
    basket: str | None = None
    text: str | None = None
    dwell: float | None = None
    """Seconds spent."""
    channel: str | None = None


class Item(Record):
    item_id: str
    title: str
    categories: tuple[str, ...] = ()
    attributes: dict[str, str] = Field(default_factory=dict)


class Attribute(Record):
    """Something declared of a user, such as a country or a plan."""

    user_id: str
    name: str
    value: str


class Tie(Record):
    """A directed edge from `user_id` to `other_id`; `weight` counts how often."""

    user_id: str
    other_id: str
    weight: float = 1.0


class History(Record):
    """One user's events, oldest first (file order where the log has no times)."""

    user_id: str
    events: tuple[Event, ...]


# --- what code counts ----------------------------------------------------------------------------


class Vocabulary(Record):
    """The words this log's facts are told in, read off its columns and actions."""

    domain: Literal["purchases", "ratings", "posts", "events"]
    did: str
    """Past tense with its object to follow: `bought`, `rated`, `wrote in`, `used`."""
    doing: str
    """The same as a gerund: `buying`, `rating`, `writing in`, `using`."""
    item: str
    items: str
    event: str
    """One row: `line`, `rating`, `post`, `event`."""
    events: str
    visit: str
    """What rows are bundled in: `order` or `session` where the log has baskets, else `day`."""
    visits: str
    currency: str = ""
    """Printed before amounts; empty when unknown."""
    measure: Literal["spend", "events"] = "events"
    """What shares are shares of; the noun phrase is `share_of`."""
    share_of: str = "events"
    """`spend`, or the plural of `event`."""


FactKind = Literal[
    "totals",
    "recency",
    "cadence",
    "daypart",
    "weekpart",
    "season",
    "category",
    "opinion",
    "items",
    "trend",
    "shift",
    "spend",
    "basket",
    "quantity",
    "price",
    "breadth",
    "repeat",
    "tail",
    "returns",
    "rating",
    "channel",
    "action",
    "words",
    "ties",
    "audience",
    "attribute",
]


class Fact(Record):
    """One numbered line of evidence, true of one user (`E3`) or one segment (`S2`)."""

    id: str
    kind: FactKind
    text: str
    """Sentence-ready: `bunting 31 % of spend (population: 2 %, about 15 times)`."""
    numbers: dict[str, float] = Field(default_factory=dict)
    names: dict[str, str] = Field(default_factory=dict)
    """Items, categories, people, dates and words the text mentions, by role."""
    direction: Literal["rising", "falling", "steady"] | None = None
    salience: float = 0.0
    """How far this tells its user from the population; facts are numbered by it, largest first."""
    events: tuple[tuple[int, int], ...] = ()
    """Half-open spans of positions in the user's history: the events behind the fact."""


class Evidence(Record):
    """All facts about one user, most distinguishing first."""

    user_id: str
    facts: tuple[Fact, ...]


# --- what is written -----------------------------------------------------------------------------


class Sentence(Record):
    text: str
    facts: tuple[str, ...]
    """Ids of the facts the sentence rests on; never empty."""


class Interest(Record):
    name: str
    strength: float = Field(ge=0.0, le=1.0)


class Verification(Record):
    """What the verifier found: `passed + replaced == sentences`; `retried` counts second tries."""

    sentences: int
    passed: int
    retried: int = 0
    replaced: int = 0
    findings: tuple[str, ...] = ()


class Profile(Record):
    user_id: str
    headline: str
    sentences: tuple[Sentence, ...]
    interests: tuple[Interest, ...]
    facts: tuple[Fact, ...]
    writer: str
    """Which writer's words these are: `extractive`, or a model's name."""
    prompt_hash: str | None = None
    evidence_hash: str = ""
    verification: Verification


class Statement(Record):
    """What a user says of their own interests; kept beside what was observed."""

    name: str
    """A category of the catalogue, or any words."""
    stance: Literal["added", "struck"]


# --- who belongs together ------------------------------------------------------------------------


class Weight(Record):
    segment: str
    weight: float


class Membership(Record):
    user_id: str
    weights: tuple[Weight, ...]
    """Alpha: at most three segments, strongest first, summing to 1."""
    label: str | None
    """The clusterer's own leaf segment, or None when it called the user noise."""
    noise: bool
    outlier: float
    """GLOSH score, 0 (at home) to 1 (belongs nowhere)."""


class Member(Record):
    """A user of one segment, with the weight of the membership there."""

    user_id: str
    weight: float


class Predicate(Record):
    """`feature op value`, such as `category:bunting >= 0.3`, and the same in words."""

    feature: str
    op: Literal[">=", "<=", "=="]
    value: float | str
    text: str


class Segment(Record):
    """A group of users. Leaves (`level` 1) partition the non-noise users; parents are level 0."""

    id: str
    level: int
    parent: str | None
    size: int
    share: float
    facts: tuple[Fact, ...]
    exemplars: tuple[str, ...]


class Label(Record):
    """What a segment is called and why, with its rule's figures on members held out of learning."""

    segment: str
    name: str
    description: str
    why: tuple[Sentence, ...]
    rule: tuple[Predicate, ...]
    precision: float | None
    recall: float | None
    writer: str


# --- what is recommended -------------------------------------------------------------------------


class Share(Record):
    """One part of a score, in the score's own units; all shares of an item add up to its score."""

    kind: Literal["item", "segment", "taste", "rest"]
    id: str
    """An item of the history, a segment, what was stated, or what the rest is made of."""
    title: str
    share: float
    facts: tuple[str, ...] = ()
    """What carries it: `item/318`, `segment/s7/S2`, `stated/thriller`."""


class Recommendation(Record):
    """One item, and why it stands where it does."""

    item_id: str
    title: str
    score: float
    rationale: str
    """The sentences as one text."""
    because: tuple[Share, ...]
    """Largest first, whichever way they count; the rest last."""
    sentences: tuple[Sentence, ...] = ()
    """The rationale, each sentence with the facts of the shares it rests on."""
    writer: str = "extractive"


class Counterfactual(Record):
    """What the list would be had the history been another: checked by ranking again."""

    item_id: str
    title: str
    away: tuple[str, ...] = ()
    """Items of the history taken away."""
    more: tuple[str, ...] = ()
    """Items the user would have to like too."""
    before: int | None
    """Rank from 1; None when the item cannot be on the list (seen or hidden)."""
    after: int | None
    smallest: bool
    """Whether it is proven that no smaller change would do."""
    text: str


class Placement(Record):
    """Where an item stands for somebody, and what would change that."""

    user_id: str
    item_id: str
    title: str
    status: Literal["listed", "below", "seen", "hidden"]
    rank: int | None
    score: float
    needed: float
    """The score of the tenth item of the list."""
    because: tuple[Share, ...]
    lacks: dict[str, float]
    """Part of the score → how far this item is behind the tenth in it (negative: ahead)."""
    would_drop: Counterfactual | None = None
    """The smallest set of likes without which it leaves the top ten."""
    would_bring: tuple[Counterfactual, ...] = ()
    """What would bring it into the top ten, least first."""
    text: str


# --- what is answered ----------------------------------------------------------------------------

Scope = Literal["analyst", "aggregate"]
"""Who reads: `analyst` sees individuals; `aggregate` neither them nor what tells of a few."""


class Citation(Record):
    """A record that an answer rests on: `segment/s7/S2`, and what stands there."""

    id: str
    text: str


class ToolCall(Record):
    tool: str
    arguments: dict[str, JsonValue]


class Answer(Record):
    """One answer; the sentences of `text` end in the ids they cite, in square brackets."""

    text: str
    citations: tuple[Citation, ...]
    tool_calls: tuple[ToolCall, ...]
    writer: str
    """Who put it into words: `extractive`, or a model's name."""
    thread: str
    could_ask: tuple[str, ...] = ()
    """Questions that this run can answer next."""
    verification: Verification | None = None
    """What the check of a model's sentences found; None for those written from records."""
    remark: str = ""
    """What the reader should know of how it came about, such as a model that is down."""

    def _repr_html_(self) -> str:
        from agent.notebook import answer_html

        return answer_html(self)


class Feedback(Record):
    """What a person thought of an answer: a thumb, and a word where they left one."""

    thread: str
    question: str
    answer: str
    verdict: Literal["up", "down"]
    words: str = ""
