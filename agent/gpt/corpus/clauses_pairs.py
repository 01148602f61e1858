"""English sentences on two related facts with a point.

The conventions are those of `clauses_time`; `a` and `b` are the facts of the key's kinds.
"""

# ruff: noqa: E501 (a sentence stays on one line)
from __future__ import annotations

TOGETHER: dict[tuple[str, str], tuple[str, ...]] = {
    ("totals", "recency"): (
        "{a.visits} from {a.from} to {a.to}, then silence{a.many}",
        "came for {a.visits} and has been silent since {b.month}{a.many}",
        "came on {a.on} for {a.events} and has not been back since {b.last}",
        "one day of it, {a.on}, and nothing since",
        "{a.events} on {a.on}, then nothing more",
        "came in {a.in}, {a.visits} in all, and has been silent since{a.many}",
        "{a.visits} {a.over}, then it stops: nothing since {b.last}{a.many}",
        "used to come: {a.visits} since {a.from}, but nothing since {b.month}{a.many}",
        "was here for {a.events} and has not been back since {b.last}",
    ),
    ("totals", "cadence"): (
        "{a.visits} since {a.from}, {b.gap} apart on the median{a.many}",
        "comes {b.word}: {a.visits} from {a.from} to {a.to}{a.many}",
        "comes about every {b.rough}, {a.visits} since {a.from}{a.many}",
        "{a.visits} {a.over}, about {b.rough} apart{a.many}",
        "keeps coming {b.word}, {a.visits} in all{a.many}{a.alive}",
        "{a.visits} from {a.from} to {a.to}, every {b.days} on the median{a.many}",
    ),
    ("totals", "spend"): (
        "{a.visits} since {a.from}, worth {b.total} in all{a.many}",
        "has spent {b.total} over {a.visits}{a.many}",
        "{a.visits} {a.over}, worth {b.total} in all{a.many}",
    ),
    ("totals", "breadth"): (
        "{a.visits} since {a.from}, but only {b.different}{a.many}{b.narrow}",
        "{a.visits} from {a.from} to {a.to}, over {b.different}{a.many}",
    ),
    ("category", "items"): (
        "{a.name} takes {a.share} of {a.of}, with {b.names} among the {items}{b.partly}",
        "comes for {a.name}, {a.share} of {a.of}: {b.names}{b.oneoff}",
        "puts {a.share} of {a.of} into {a.name}, and the same {items} come back: {b.inline}{b.often}",
        "is out for {a.name}, {a.share} of {a.of}, above all {b.first}",
        "{a.name} has {a.share} of {a.of}, and the favourites are {b.ratings}",
    ),
    ("category", "category"): (
        "splits {a.of} between {a.name} ({a.share} of {a.of}) and {b.name} ({b.share} of {b.of})",
        "{a.name} has {a.share} of {a.of} and {b.name} {b.share} of {b.of}",
        "lives on {a.name} and {b.name}: {a.share} of {a.of} and {b.share} of {b.of}",
        "{a.name} takes {a.share} of {a.of}, {b.name} another {b.share} of {b.of}",
        "puts {a.share} of {a.of} into {a.name} and {b.share} of {b.of} into {b.name}",
        "turns to {a.name} about {a.lift} as much as usual, to {b.name} about {b.lift} as much as usual",
    ),
    ("category", "quantity"): (
        "takes {a.name} in lots of {b.median}{b.bulk}, {a.share} of {a.of}",
        "orders {a.name} {b.pieces} at a time, where {b.pop} is usual",
        "buys {a.name} {b.pieces} a {event} against the usual {b.pop}",
    ),
    ("category", "cadence"): (
        "orders {a.name} {b.word}{purchases}",
        "comes for {a.name} {b.word}",
        "is back for {a.name} about every {b.rough}",
    ),
    ("items", "breadth"): (
        "the same {items} come back: {a.inline}, out of {b.different}{a.often}",
        "only {b.different} in {b.events}, and most often {a.counts}{b.narrow}",
        "keeps coming back for {a.first}, {on_visit} {a.n1}, out of {b.different}{a.often}",
    ),
    ("items", "repeat"): (
        "likes the same {items} again: {a.inline}, and {b.share} of {b.of} repeat {a_item} from before{a.often}",
        "{b.share} of {b.of} repeat {a_item} from before, above all {a.first}, {on_visit} {a.n1}{a.often}",
    ),
    ("quantity", "price"): (
        "takes {a.pieces} a {event} at {b.median} a piece",
        "buys cheap and in lots of {a.median}: {b.median} a piece against the usual {b.pop}{a.bulk}{b.less}",
        "{a.pieces} a {event} against the usual {a.pop}, at {b.median} a piece",
    ),
    ("spend", "basket"): (
        "{a.total} in all, {b.median} an order on the median",
        "has spent {a.total} in all, in orders of {b.median} on the median",
        "large orders of {b.median}, {a.total} in all{b.more}",
    ),
    ("rating", "opinion"): (
        "a strict hand at {a.mean} on average, but warm to {b.name}, {b.mean} on average{a.below}{b.above}",
        "a generous hand at {a.mean} on average, but hard on {b.name}, {b.mean} on average{a.above}{b.below}",
        "gives {a.mean} on average where {a.pop} is usual, and {b.mean} on average to {b.name}",
        "a strict hand, {a.mean} on average, and hard on {b.name}, {b.mean} on average{a.below}{b.below}",
        "a generous hand, {a.mean} on average, warm to {b.name} in particular, {b.mean} on average{a.above}{b.above}",
    ),
    ("opinion", "opinion"): (
        "is warm to {a.name}, {a.mean} on average, but hard on {b.name}, {b.mean} on average{a.above}{b.below}",
        "is hard on {a.name}, {a.mean} on average, but warm to {b.name}, {b.mean} on average{a.below}{b.above}",
        "likes {a.name} and {b.name}, {a.mean} on average and {b.mean} on average{a.above}{b.above}",
        "is hard on {a.name} and on {b.name}: {a.mean} on average and {b.mean} on average{a.below}{b.below}",
    ),
    ("ties", "audience"): (
        "writes to {a.people} and hears from {b.people}{posts}",
        "writes to {a.people}, most to {a.person} ({a.top} of {a.total}), and hears from {b.people}{posts}",
        "is tied to {a.people} and known to {b.people}",
    ),
    ("trend", "recency"): (
        "{a.what} fell from {a.before} a month to {a.after}, and nothing since {b.last}{a.falling}",
        "was fading, from {a.before} a month to {a.after}, then silence{a.falling}",
        "was growing, from {a.before} a month to {a.after}, but nothing since {b.last}{a.rising}",
    ),
    ("shift", "shift"): (
        "is changing sides: {a.name} rising from {a.before} of {a.of} to {a.after}, {b.name} falling from {b.before} of {b.of} to {b.after}{a.rising}{b.falling}",
        "is changing sides: {b.name} rising from {b.before} of {b.of} to {b.after}, {a.name} falling from {a.before} of {a.of} to {a.after}{a.falling}{b.rising}",
        "{a.name} is on the rise, from {a.before} of {a.of} to {a.after}, and {b.name} is fading, from {b.before} of {b.of} to {b.after}{a.rising}{b.falling}",
    ),
    ("daypart", "weekpart"): (
        "comes {b.when} and {a.when}: {b.share} of {b.of} and {a.share} of {a.of}",
        "{a.share} of {a.of} {a.comes} {a.when}, {b.share} of {b.of} {b.when}",
    ),
    ("cadence", "daypart"): (
        "comes {a.word}, mostly {b.when}{b.mostly}",
        "is back every {a.days} on the median, mostly {b.when}{b.mostly}",
        "comes {a.word} and {b.when}, {b.share} of {b.of}",
        "comes about every {a.rough}, {b.share} of {b.of} {b.when}",
    ),
    ("cadence", "weekpart"): (
        "comes {a.word}, mostly {b.when}{b.mostly}",
        "is back every {a.days} on the median, {b.share} of {b.of} {b.when}",
        "comes about every {a.rough}, mostly {b.when}{b.mostly}",
    ),
    ("season", "recency"): (
        "came mostly in {a.name} and has been silent since {b.month}{a.mostly}",
        "{a.share} of {a.of} {a.comes} in {a.name}, and nothing since {b.last}",
        "belongs to {a.name}, {a.share} of {a.of}, but has not been back since {b.month}",
    ),
    ("cadence", "recency"): (
        "used to come {a.word}, but has been silent since {b.month}",
        "used to be back every {a.days} on the median, then nothing since {b.last}",
        "came {a.word}, then it stops: nothing since {b.month}",
    ),
    ("channel", "daypart"): (
        "comes through {a.name} and {b.when}: {a.share} of {a.of} and {b.share} of {b.of}",
        "prefers {a.name}, {a.share} of {a.of}, and comes mostly {b.when}{b.mostly}",
    ),
    ("repeat", "breadth"): (
        "{a.share} of {a.of} repeat {a_item} from before, so the list is short: {b.different} in {b.events}{b.narrow}{a.more}",
        "sticks with what is known: {b.different} in {b.events}, {a.share} of {a.of} again{a.more}",
    ),
    ("breadth", "tail"): (
        "{a.different} in {a.events}, rare {items} among them{b.more}",
        "has tried {a.different}, and {b.share} of {b.of} go to {items} with fewer than {b.limit} users",
    ),
    ("category", "price"): (
        "is out for {a.name}, {a.share} of {a.of}, at {b.median} a piece",
        "buys {a.name} and picks the dear ones: {b.median} a piece against the usual {b.pop}{b.more}",
        "buys {a.name} and keeps it cheap at {b.median} a piece{b.less}",
    ),
    ("totals", "items"): (
        "came on {a.on}: {b.names}{b.oneoff}{a.few}",
        "{a.events} on {a.on}: {b.names}{b.oneoff}{a.few}",
        "{a.visits} since {a.from}, and the same {items} come back: {b.inline}{b.often}{a.many}",
        "{a.visits} {a.over}, above all {b.first}{b.often}{a.many}",
    ),
    ("totals", "returns"): (
        "{a.events} in all, with {b.lines} sent back",
        "has put in {a.events} {a.spread} and sent {b.lines} back{a.many}",
    ),
    ("spend", "quantity"): (
        "{a.total} in all, {b.pieces} a {event} against the usual {b.pop}",
        "an account of {a.total}, in lots of {b.median} where {b.pop} is usual{b.bulk}",
    ),
    ("rating", "totals"): (
        "{b.events} in all, {a.mean} on average where {a.pop} is usual",
        "came on {b.on} for {a.count} and gave {a.mean} on average, where {a.pop} is usual",
    ),
}
