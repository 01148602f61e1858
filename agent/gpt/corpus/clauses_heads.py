"""English headlines: the main part of one, and what may follow its comma.

The conventions are those of `clauses_time`; no headline is longer than twelve words.
"""

# ruff: noqa: E501 (a sentence stays on one line)
from __future__ import annotations

HEAD: dict[str, tuple[str, ...]] = {
    "category": (
        "{name} buyer{purchases}", "buyer of {name}{purchases}", "here for {name}",
        "{name} above all{mostly}{more}", "mostly {name}{mostly}", "a taste for {name}{more}",
        "drawn to {name}{more}", "{name} fan{ratings}{more}", "rater of {name}{ratings}",
        "{name} regular{posts}", "at home in {name}{posts}{more}", 
        "an appetite for {name}{more}", "{name} for {part} of {of}", "{share} of {of} in {name}",
        "shopping for {name}{purchases}", "a household of {name}{purchases}{more}",
        "in it for {name}{more}", "collects {name}{purchases}{more}",
    ),
    "opinion": (
        "warm to {name}{above}", "hard on {name}{below}", "thinks well of {name}{above}",
    ),
    "items": (
        "back for {first}{often}", "{first}, again and again{often}", "{first} time and again{often}",
        "restocking {first}{purchases}{often}", "hooked on {first}{often}",
        "fond of {first}{rated}", "took {first}{oneoff}{purchases}", "came for {first}{oneoff}",
    ),
    "shift": (
        "turning to {name}{rising}", "{name} on the rise{rising}", "moving to {name}{rising}",
        "{name} fading{falling}", "leaving {name} behind{falling}",
        "{name} growing since {month}{rising}", "{name} fading since {month}{falling}",
    ),
    "totals": (
        "{visits} {over}{many}", "{visits} since {from}{many}", "{events} on {on}",
        "one day, {on}", "came on {on}", "{visits} in {in}{many}", "{events} in {in}",
        "{events} in all", "here since {from}{many}", "{events} {spread}{many}",
    ),
    "quantity": (
        "trade buyer in lots of {median}{bulk}", "buys in lots of {median}{bulk}",
        "buyer of {pieces} at a time{more}", "takes one piece at a time{single}",
        "small lots of {pieces}{less}",
    ),
    "ties": (
        "writes to {people}{posts}", "a voice to {people}{posts}", "tied to {people}",
    ),
    "audience": ("hears from {people}{posts}", "known to {people}"),
    "rating": (
        "a strict hand{below}", "a generous hand{above}", "a strict hand at {mean} on average{below}",
        "a generous hand at {mean} on average{above}",
    ),
    "spend": ("{total} in all", "an account of {total}", "{bare} spent in all",
              "top {top} of users"),
    "basket": ("large orders of {median}{more}", "small orders{less}",
               "{median} an order"),
    "price": ("pays {median} a piece", "{median} a piece"),
    "tail": ("out for rare {items}{more}", "digs for rare {items}{more}"),
    "words": ("looking for {first}{searched}", "writes {first}{typed}"),
    "attribute": ("{pair}", "in {place}"),
    "channel": ("mostly through {name}{mostly}", "comes through {name}"),
    "action": ("mostly {names}{mostly}", "{share} of {of} {names}"),
    "recency": ("silent since {month}", "quiet since {month}", "gone quiet since {month}",
                "last seen in {month}"),
    "cadence": ("here {word}", "{visits} {gap} apart", "comes {word}", "back about every {rough}"),
    "daypart": ("mostly {when}{mostly}", "here {when}", "{tenths} {of} {when}"),
    "weekpart": ("mostly {when}{mostly}", "here {when}", "{tenths} {of} {when}"),
    "season": ("mostly in {name}{mostly}", "{share} of {of} in {name}"),
    "trend": (
        "{what} halved since {month}{halved}", "{what} doubled since {month}{doubled}",
        "growing since {month}{rising}", "fading since {month}{falling}",
        "{what} tripled since {month}{tripled}", "cooling off{falling}", "on the rise{rising}",
    ),
    "breadth": ("{different} in all", "only {different}{narrow}", "{different}"),
    "repeat": ("the same {items} again{more}",),
    "returns": ("{lines} sent back",),
}  # fmt: skip

ASIDE: dict[str, tuple[str, ...]] = {
    "category": ("mostly {name}{mostly}", "with {name}", "drawn to {name}{more}", "for {name}"),
    "opinion": ("warm to {name}{above}", "hard on {name}{below}"),
    "items": ("back for {first}{often}", "with {first}"),
    "shift": ("turning to {name}{rising}", "{name} fading{falling}"),
    "cadence": ("{word}", "about every {rough}", "{gap} apart"),
    "quantity": ("in lots of {median}{bulk}", "one piece at a time{single}", "{pieces} at a time"),
    "recency": ("then silence", "silent since {month}", "nothing since", "quiet since {month}"),
    "trend": ("growing{rising}", "fading{falling}", "on the rise{rising}",
              "cooling off{falling}"),
    "daypart": ("{when}", "mostly {when}{mostly}"),
    "weekpart": ("{when}", "mostly {when}{mostly}"),
    "season": ("mostly in {name}{mostly}",),
    "spend": ("{total} in all", "top {top} of users"),
    "rating": ("a strict hand{below}", "a generous hand{above}"),
    "totals": ("{visits}{many}", "{visits} in all{many}", "{events} in all", "since {from}{many}",
               "on {on}", "in {in}"),
    "channel": ("mostly through {name}{mostly}", "through {name}"),
    "attribute": ("in {place}",),
    "breadth": ("{different}", "only {different}{narrow}"),
    "repeat": ("the same {items} again{more}",),
    "audience": ("from {people}",),
    "ties": ("to {people}",),
}  # fmt: skip
