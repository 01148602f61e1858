"""English clauses on worth and company: money, lots, prices, marks, channels, people, what is declared.

The conventions are those of `clauses_time`.
"""

# ruff: noqa: E501 (a sentence stays on one line)
from __future__ import annotations

STATE: dict[str, tuple[str, ...]] = {
    "spend": (
        "has spent {total} in all, among the top {top} of users",
        "is worth {total} in all",
        "{total} in all puts them in the top {top} of users",
        "spent {total} in all",
        "an account of {total}, among the top {top} of users",
        "{bare} spent in all",
        "has spent {bare} in all",
        "a spend of {bare} in all",
        "the account adds up to {total}",
    ),
    "basket": (
        "orders come to {median} on the median, where {pop} is usual",
        "places large orders, {median} on the median against the usual {pop}{more}",
        "places small orders, {median} on the median against the usual {pop}{less}",
        "a median order of {median}, against the usual {pop}",
        "spends {median} an order on the median, where {pop} is usual",
    ),
    "quantity": (
        "takes {pieces} a {event}, where {pop} is usual",
        "buys in lots of {median}, where {pop} is usual{bulk}",
        "orders {pieces} a {event} against the usual {pop}",
        "stocks up: {pieces} a {event} against the usual {pop}{bulk}",
        "takes one piece at a time, where {pop} is usual{single}{less}",
        "takes small lots, {pieces} a {event} against the usual {pop}{less}",
        "stocks up, {pieces} a {event} where {pop} is usual{more}",
    ),
    "price": (
        "pays {median} a piece, where {pop} is usual",
        "picks the dear ones, {median} a piece against the usual {pop}{more}",
        "looks for the cheap ones, {median} a piece against the usual {pop}{less}",
        "keeps it cheap at {median} a piece on the median{less}",
        "does not mind the price: {median} a piece against the usual {pop}{more}",
        "{median} a piece on the median, where {pop} is usual",
    ),
    "returns": (
        "sent {lines} back",
        "{lines} came back",
        "{lines} returned",
        "not all of it stays: {lines} came back",
    ),
    "rating": (
        "a strict hand: {mean} on average where {pop} is usual{below}",
        "a generous hand: {mean} on average where {pop} is usual{above}",
        "gives {mean} on average over {count}, where {pop} is usual",
        "is hard to please, {mean} on average against {pop} overall{below}",
        "is easy to please, {mean} on average against {pop} overall{above}",
        "marks strictly, {mean} over {count} against the usual {pop}{below}",
        "marks kindly, {mean} over {count} against the usual {pop}{above}",
    ),
    "channel": (
        "comes through {name}: {share} of {of} against the usual {pop}{more}",
        "prefers {name}, {share} of {of} where {pop} is usual{more}",
        "{share} of {of} {goes} through {name}, where {pop} is usual{more}",
        "uses {name} for {share} of {of}",
        "mostly comes through {name}{mostly}",
        "everything goes through {name}{all}",
    ),
    "action": (
        "{share} of {of} {is} {names}, where {pop} is usual{more}",
        "mostly {names}: {share} of {of} against the usual {pop}{mostly}{more}",
        "{names} make up {share} of {of}, against the usual {pop}{more}",
        "all {names}, where {pop} is usual{all}{more}",
    ),
    "ties": (
        "writes to {people}, most to {person} ({top} of {total}){posts}",
        "writes to {people}{posts}",
        "talks with {people}, {person} above all ({top} of {total}){posts}",
        "has a single correspondent, {person}{posts}{alone}",
        "writes to {person} and to nobody else{posts}{alone}",
        "is tied to {people}",
        "is tied to {people}, most to {person} ({top} of {total})",
        "is tied to {person} alone{alone}",
        "has ties to {people}{several}",
    ),
    "audience": (
        "{people} write back, where {pop} is usual{posts}{several}",
        "hears from {people}, where {pop} is usual{posts}",
        "draws {people} into the conversation, against the usual {pop}{posts}{more}",
        "gets an answer from {people}, where {pop} is usual{posts}",
        "{people} are tied to them, where {pop} is usual{several}",
        "is known to {people}, where {pop} is usual",
    ),
    "attribute": (
        "declares {pair}, like {pop} of users",
        "{pair}, like {pop} of users",
        "is in {place}, like {pop} of users",
        "gives {pair}, which {pop} of users share",
        "comes from {place}, with {pop} of users",
        "on file: {pair}, like {pop} of users",
    ),
}

TAIL: dict[str, tuple[str, ...]] = {
    "spend": (
        "{total} in all",
        "worth {total} in all",
        "{total} in all and among the top {top} of users",
        "among the top {top} of users",
        "for {total} in all",
        "{bare} spent in all",
    ),
    "basket": (
        "{median} an order on the median",
        "{median} an order against the usual {pop}",
        "in orders of {median} on the median",
    ),
    "quantity": (
        "{pieces} a {event} against the usual {pop}",
        "{pieces} at a time where {pop} is usual",
        "in lots of {median}{bulk}",
        "{pieces} a {event}",
        "one piece at a time{single}",
    ),
    "price": (
        "at {median} a piece",
        "at {median} a piece against the usual {pop}",
        "{median} a piece where {pop} is usual",
    ),
    "returns": ("with {lines} sent back", "and sent {lines} back"),
    "rating": (
        "at {mean} on average against {pop} overall",
        "{mean} on average where {pop} is usual",
        "with a strict hand{below}",
        "with a generous hand{above}",
    ),
    "channel": (
        "mostly through {name}{mostly}",
        "through {name}",
        "{share} of {of} through {name}",
    ),
    "action": (
        "mostly {names}{mostly}",
        "with {share} of {of} {names}",
    ),
    "ties": (
        "most to {person} ({top} of {total})",
        "to {people}",
        "and is tied to {people}",
    ),
    "audience": (
        "and hears from {people}",
        "with answers from {people}",
        "{people} on the other side",
    ),
    "attribute": ("in {place}", "{pair}"),
}
