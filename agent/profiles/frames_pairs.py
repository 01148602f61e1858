"""Frames that tell two or three related facts in one breath.

Fields are `letter.piece`: `a` is the first kind of the key, `b` the second, `c` the third.
"""

from __future__ import annotations

TOGETHER: dict[tuple[str, ...], tuple[str, ...]] = {
    ("totals", "cadence"): (
        "{a.visits} between {a.from} and {a.to}, {b.gap} apart on the median{a.many}",
        "{a.visits} from {a.first} to {a.last}, one every {b.days} on the median{a.many}",
        "comes {b.word}: {a.visits} between {a.from} and {a.to}, {b.gap} apart on the median"
        "{a.many}",
        "{a.events} {a.spread} from {a.first} to {a.last}, with {b.gap} between {visits} on the "
        "median{a.many}",
        "between {a.from} and {a.to} {a_visit} every {b.days} on the median, {a.visits} in "
        "all{a.many}",
        "{a.visits} since {a.from}, about {b.rough} apart where {b.pop} days are usual{a.many}",
        "every {b.days} on the median, against the usual {b.pop}, and {a.visits} in all{a.many}",
    ),
    ("totals", "recency"): (
        "{a.visits} from {a.first} to {a.last}, and nothing since{a.many}",
        "{a.events} {a.spread}, then silence after {b.last}{a.many}",
        "came from {a.from} to {a.to}, {a.visits} in all, and stopped{a.many}",
        "{a.events} between {a.first} and {a.last}; silent since then, with the log running to "
        "{b.end}",
        "{a.events} on {a.on} and nothing since",
        "one day in sight, {a.on}, with {a.events}; nothing since",
        "{a.events} on {a.on}, then silence to the end of the log on {b.end}",
        "{a.visits}, the last on {b.last}, and no {event} since{a.many}",
    ),
    ("totals", "items"): (
        "{a.events} on {a.on}: {b.among}",
        "{a.events} on {a.on}, {b.names} among them{b.partly}",
        "{b.names}: {a.events} on {a.on}{b.oneoff}",
        "{b.names}: {a.events} between {a.first} and {a.last}{b.oneoff}{a.few}",
        "{a.events} from {a.first} to {a.last}, {b.names} among the {items}{b.oneoff}{a.few}",
        "{a.events} from {a.first} to {a.last}, with {b.ratings} on top{a.few}",
        "{a.events} on {a.on}, with {b.ratings} on top",
        "{a.events} on {a.on}, {b.names} with a {b.mark}{a.few}",
    ),
    ("attribute", "attribute"): (
        "{a.pair} and {b.pair}, like {a.pop} and {b.pop} of users",
        "{a.pair} ({a.pop} of users) and {b.pair} ({b.pop})",
        "declared: {a.pair} and {b.pair}, like {a.pop} and {b.pop} of users",
        "in {a.place}, with {a.pop} of users, and {b.pair}",
        "based in {a.place}; {b.pair}, like {b.pop} of users",
        "{a.pair}, like {a.pop} of users, and {b.pair}, like {b.pop}",
    ),
    ("totals", "spend"): (
        "{b.total} over {a.visits} from {a.from} to {a.to}{a.many}",
        "{a.visits} worth {b.total}, from {a.first} to {a.last}{a.many}",
        "{b.total} in {a.events}, {a.spread}{a.many}",
        "{a.visits} and {b.total} between {a.from} and {a.to}, among the top {b.top} of "
        "users{a.many}",
        "{a.events} for {b.total}, on {a.on}",
    ),
    ("category", "items"): (
        "{a.share} of {a.of} {a.goes} to {a.name}, {b.first} most often ({b.n1})",
        "{a.share} of {a.of} {a.goes} to {a.name}; what comes back is {b.counts}",
        "{a.name} first of all, with {a.share} of {a.of} against the usual {a.pop}; most often "
        "{b.counts}{a.more}{a.mostly}",
        "gives {a.share} of {a.of} to {a.name}, against {a.pop} overall, and the same {items} "
        "recur: {b.counts}{a.more}",
        "{a.name} at about {a.lift} the usual rate ({a.share} of {a.of}), with {b.names} among "
        "the {items}{b.partly}",
        "{a.share} of {a.of} in {a.name}, {b.names} among the {items}{b.partly}",
        "{a.count} of {a.name}, {a.share} of {a.of}, and high marks for {b.ratings}",
        "{a.name} makes up {a.share} of {a.of}, against {a.pop} overall; {b.ratings} stand on "
        "top{a.more}",
        "{a.share} of {a.of} {a.goes} to {a.name}, and the favourites are {b.ratings}",
    ),
    ("category", "category"): (
        "{a.share} of {a.of} {a.goes} to {a.name} and {b.share} to {b.name}, about {a.lift} and "
        "{b.lift} the usual shares",
        "{a.name} has {a.share} of {a.of}, {b.name} has {b.share}; the log as a whole gives "
        "them {a.pop} and {b.pop}",
        "between {a.name} ({a.share} of {a.of}) and {b.name} ({b.share})",
        "{a.name} comes to {a.share} of {a.of}, {b.name} to {b.share}",
        "{a.share} of {a.of} in {a.name}, {b.share} in {b.name}, against the usual {a.pop} and "
        "{b.pop}",
        "leans to {a.name} ({a.share} of {a.of}) and to {b.name} ({b.share})",
        "{a.name} at about {a.lift} what is usual, {b.name} at about {b.lift} the usual rate",
        "what stands out is {a.name} with {a.share} of {a.of}, {b.name} with {b.share}",
    ),
    ("quantity", "spend"): (
        "{a.pieces} a {event} on the median against the usual {a.pop}, {b.total} in all",
        "buys in lots of {a.median} where {a.pop} is usual, and has spent {b.total}{a.bulk}",
        "{b.total} in all, at {a.pieces} a {event} against the usual {a.pop}",
        "{b.total} spent, {a.median} pieces at a time where {a.pop} is usual{a.more}",
        "an account of {b.total}, among the top {b.top} of users, at {a.pieces} a {event}",
    ),
    ("quantity", "price"): (
        "{a.pieces} a {event}, at {b.median} a piece against the usual {b.pop}",
        "lots of {a.median} at {b.median} a piece, where {a.pop} pieces at {b.pop} are usual"
        "{a.more}",
        "many and cheap: {a.pieces} a {event} on the median, {b.median} each{a.more}{b.less}",
        "few and dear: {a.pieces} a {event} on the median, {b.median} each{a.less}{b.more}",
    ),
    ("spend", "basket"): (
        "{a.total} in all, in orders of {b.median} on the median",
        "orders of {b.median} on the median, against the usual {b.pop}, add up to {a.total}",
        "{a.total} spent, {b.median} an order on the median where {b.pop} is usual",
        "among the top {a.top} of users by spend ({a.total}), with a median order of {b.median}",
    ),
    ("trend", "recency"): (
        "{a.what} fell from {a.before} a month to {a.after} after {a.middle}, and nothing has "
        "come since {b.last}{a.falling}",
        "falling since {a.month}, from {a.before} a month to {a.after}, and silent since "
        "{b.last}{a.falling}",
        "was growing, from {a.before} a month to {a.after} after {a.middle}, then stopped on "
        "{b.last}{a.rising}",
        "{a.what} had risen from {a.before} a month to {a.after}; nothing since {b.last}{a.rising}",
    ),
    ("trend", "shift"): (
        "{a.what} {a.has} grown from {a.before} a month to {a.after}, and {b.name} from "
        "{b.before} of {b.of} to {b.after}{a.rising}{b.rising}",
        "{a.what} {a.has} fallen from {a.before} a month to {a.after}, and {b.name} from "
        "{b.before} of {b.of} to {b.after}{a.falling}{b.falling}",
        "since {a.month} {a.what} {a.is} falling, from {a.before} a month to {a.after}; {b.name} "
        "is rising, from {b.before} of {b.of} to {b.after}{a.falling}{b.rising}",
    ),
    ("shift", "shift"): (
        "has moved from {b.name} ({b.before} of {b.of} until {b.middle}, {b.after} after) to "
        "{a.name} ({a.before}, then {a.after}){a.rising}{b.falling}",
        "{a.name} rising from {a.before} of {a.of} to {a.after} since {a.month}, {b.name} "
        "falling from {b.before} to {b.after}{a.rising}{b.falling}",
        "has moved from {a.name} ({a.before} of {a.of} until {a.middle}, {a.after} after) to "
        "{b.name} ({b.before}, then {b.after}){a.falling}{b.rising}",
        "{a.name} falling from {a.before} of {a.of} to {a.after} since {a.month}, {b.name} "
        "rising from {b.before} to {b.after}{a.falling}{b.rising}",
    ),
    ("items", "breadth"): (
        "{a.counts}, out of {b.different} in {b.events}",
        "only {b.different} in {b.events}, most often {a.counts}{b.narrow}",
        "the {events} cover {b.different}; most often {a.counts}",
        "{a.ratings} come first among {b.different}",
        "{b.different} in all, {a.names} among them{a.partly}",
        "{a.inline}, and {b.different} in all",
    ),
    ("repeat", "breadth"): (
        "{b.different} in {b.events}, and {a.share} of {a.of} repeat an earlier one",
        "{a.share} of {a.of} repeat {a_item} from before, against the usual {a.pop}; "
        "{b.different} in all{a.more}",
        "only {b.different} in {b.events}: {a.share} of {a.of} repeat an earlier one{b.narrow}",
    ),
    ("rating", "opinion"): (
        "gives {a.mean} on average over {a.count}, where {a.pop} is usual, and {b.name} {b.mean}",
        "rates high, {a.mean} on average against {a.pop} overall, but {b.name} only "
        "{b.mean}{a.above}{b.below}",
        "a strict hand, {a.mean} on average against {a.pop} overall; {b.name} does better at "
        "{b.mean}{a.below}{b.above}",
        "a strict hand, {a.mean} on average against {a.pop} overall, and {b.name} does worse at "
        "{b.mean}{a.below}{b.below}",
        "a generous hand, {a.mean} on average against {a.pop} overall, most of all for {b.name} "
        "at {b.mean}{a.above}{b.above}",
    ),
    ("opinion", "opinion"): (
        "{a.name} does well at {a.mean}, {b.name} badly at {b.mean}, against their own "
        "{a.own}{a.above}{b.below}",
        "{a.name} does badly at {a.mean}, {b.name} well at {b.mean}, against their own "
        "{a.own}{a.below}{b.above}",
        "above their own {a.own}: {a.name} at {a.mean} and {b.name} at {b.mean}{a.above}{b.above}",
        "below their own {a.own}: {a.name} at {a.mean} and {b.name} at {b.mean}{a.below}{b.below}",
        "{a.name} averages {a.mean} and {b.name} {b.mean}, where their own average is {a.own}",
        "marks {a.name} {a.mean} and {b.name} {b.mean}, against {a.own} overall",
    ),
    ("opinion", "items"): (
        "{a.name} averages {a.mean} against their own {a.own}; on top stand {b.ratings}",
        "highest marks for {b.ratings}, while {a.name} averages {a.mean} against {a.own} overall",
        "{b.ratings} at the top, {a.name} at {a.mean} on average against their own {a.own}",
    ),
    ("ties", "audience"): (
        "writes to {a.people} and hears from {b.people}{posts}",
        "writes to {a.people}, most to {a.person} ({a.top} of {a.total}), and hears from "
        "{b.people}{posts}",
        "{b.people} write to them, and they write to {a.people}{posts}{b.several}",
        "talks to {a.people} and is answered by {b.people}, where {b.pop} is usual{posts}",
        "has ties to {a.people} and from {b.people}",
    ),
    ("daypart", "weekpart"): (
        "{a.share} of {a.of} {a.comes} {a.when} and {b.share} {b.when}, against {a.pop} and "
        "{b.pop} overall",
        "comes {a.when} ({a.share} of {a.of}) and {b.when} ({b.share})",
        "{b.share} of {b.of} {b.comes} {b.when}, {a.share} {a.when}",
        "{a.when} for {a.share} of {a.of}, {b.when} for {b.share}",
    ),
    ("daypart", "cadence"): (
        "{a.share} of {a.of} {a.comes} {a.when}, {b.gap} apart on the median",
        "comes {b.word}, {a.share} of {a.of} {a.when}",
        "{a_visit} every {b.days} on the median, {a.share} of them {a.when}{a.more}",
    ),
    ("category", "quantity"): (
        "{a.share} of {a.of} {a.goes} to {a.name}, {b.pieces} a {event} against the usual {b.pop}",
        "{a.name} in lots of {b.median}: {a.share} of {a.of}, where the log gives it {a.pop}"
        "{a.more}{b.bulk}",
        "{a.name} for {a.share} of {a.of}, {b.median} pieces at a time{b.more}",
    ),
    ("category", "season"): (
        "{a.share} of {a.of} {a.goes} to {a.name}, and {b.share} {b.comes} in {b.name}",
        "{a.name} ({a.share} of {a.of}) in {b.name}, which has {b.share} of the whole against "
        "{b.pop} overall{b.more}",
    ),
    ("totals", "cadence", "spend"): (
        "{a.visits} from {a.from} to {a.to}, {b.gap} apart on the median and worth {c.total}"
        "{a.many}",
        "{c.total} over {a.visits}, {b.gap} apart on the median{a.many}",
        "comes {b.word} and has spent {c.total} over {a.visits} since {a.from}{a.many}",
    ),
    ("quantity", "spend", "basket"): (
        "{b.total} in all, {c.median} an order and {a.pieces} a {event} on the median",
        "{a.pieces} a {event}, {c.median} an order on the median: {b.total} in all",
    ),
}

FEW: tuple[str, ...] = (
    "too few {events} to call a taste",
    "too little to call it a taste",
    "too short a history to call it a taste",
    "that is not enough to tell a taste by",
    "no taste can be read from so little",
    "one cannot tell a taste from so few {events}",
    "so few {events} cannot say what it means",
    "a taste would need more than this",
    "the history is too short to say more",
    "nothing more can be said from so little",
    "with {count}, no taste can be told yet",
    "{count} are not enough to tell a taste by{plural}",
    "{count} may mean anything{plural}",
    "whether it is a taste, {count} cannot tell",
    "more {visits} would be needed to say more",
    "it is too early to speak of a taste",
    "a taste cannot be told from {count}",
    "what else there is to this person, the log does not say",
)
"""Said after the facts of a user with at most three events."""

FEW_TAIL: tuple[str, ...] = (
    ", too few to call a taste",
    ", too little to call a taste",
    ", which is too few to tell by",
    ", and that is all there is",
    "; too few to say more",
)
"""The same, at the end of the sentence on the totals itself."""
