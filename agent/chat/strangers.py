"""names that people are asked to be of, which nobody has, or too few: `customers in Iceland`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from agent.chat.demonyms import OTHER_NAMES
from agent.chat.desk import Desk
from agent.chat.patterns import PEOPLE
from agent.chat.spelling import words_of
from agent.profiles.prose import PROSE

_AMONG = re.compile(
    r"\b(?:in|from|of|within|outside|at) (?:the )?([A-Za-z][\w'-]*(?: [A-Z][\w'-]*)*)"
)
_OF_PEOPLE = re.compile(rf"\b(?:{PEOPLE}|who|whom)\b", re.IGNORECASE)
_CAPITALS = """
january february march april may june july august september october november december monday
tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
saturdays sundays christmas xmas easter q1 q2 q3 q4 csv excel json pdf english i
"""
"""Words with a capital that are no such name."""


class Strangers:
    """Finds in questions about people what the run knows no group for.

    To count everybody where somebody asked for those in Iceland would be an answer to another
    question. Whoever may not see individuals gets the same answer whether a few are there or none.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk, self.world = desk, desk.world

    def find(self, text: str, hidden: Sequence[bool]) -> str | None:
        """The first such name, by its capital or because the log has it; `hidden` are names known.

        Where individuals are hidden it is not looked whether the log has it: that would tell.
        """
        if not _OF_PEOPLE.search(text):
            return None
        rare = set() if self.desk.hidden else self._rare
        for match in _AMONG.finditer(text):
            name, low = match[1], match[1].casefold()
            if any(hidden[match.start(1) : match.end(1)]) or self._begins(text, match.start(1)):
                continue
            known = all(w in PROSE or w in self._known for w in re.findall(r"[\w']+", low))
            if low in rare or (name[0].isupper() and not known):
                return name
        return None

    def _begins(self, text: str, at: int) -> bool:
        """Whether a category's whole name stands there: `Curriculum` is no value in `in Curriculum
        & Instruction`."""
        return any(
            text.casefold().startswith(name.casefold(), at)
            for name in self.world.catalogue.of_category
        )

    @cached_property
    def _rare(self) -> set[str]:
        """Declared values that too few people have to be spoken of."""
        column = self.world.table.column
        rows = self.world.measures.attributes.select("name", "value").unique().iter_rows()
        return {v.casefold() for name, v in rows if f"attribute:{name}={v}" not in column}

    @cached_property
    def _known(self) -> set[str]:
        """Words of the run's own groups, and others that may be written with a capital."""
        names = [*self.world.catalogue.of_category, *(c.name for c in self.world.segments.values())]
        names += [f.partition("=")[2] for f in self.world.table.names if "=" in f]
        places = {word for spelt in OTHER_NAMES.values() for word in spelt}
        return {*_CAPITALS.split(), *words_of(names), *words_of(places), *OTHER_NAMES}
