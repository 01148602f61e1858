"""names as people type them → what the run holds; a miss names what comes near."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from agent.behaviour.hostile import harmless_id
from agent.chat.world import NOWHERE, World
from agent.errors import UnknownNameError
from agent.profiles.names import folded, shown, stem

NEAR = 3
LIKENESS = 0.6


class Names:
    """Looks names up in one run. Every method raises UnknownNameError with near matches."""

    def __init__(self, world: World) -> None:
        self.world = world

    def segment(self, said: str) -> str:
        """The id of a segment, given by id or name."""
        known = {i: card.name for i, card in self.world.segments.items()}
        asked = said.strip().casefold()
        for i, name in known.items():
            if asked in (i.casefold(), name.casefold()):
                return i
        near = _near(said, [*known, *known.values()])
        by_name = {name: f"{i} ({name})" for i, name in known.items()}
        shown_near = [by_name.get(one, f"{one} ({known.get(one, '')})") for one in near]
        raise UnknownNameError(
            _missing("segment", said, shown_near or [f"{i} ({n})" for i, n in known.items()])
        )

    def segment_or_nowhere(self, said: str) -> str:
        return NOWHERE if said.strip().casefold() == NOWHERE else self.segment(said)

    def user(self, said: str) -> str:
        """A user's id, as in the log."""
        row = self.world.row
        for form in (said, said.strip()):
            if form in row:
                return form
        # Hidden characters are taken off an id when it is read.
        if (bare := harmless_id(said.strip())) in row:
            return bare
        raise UnknownNameError(_missing("user", said, _near(said, list(row))))

    def item(self, said: str) -> str:
        """The id of an item, given by id or by a title that only it has."""
        titles = self.world.catalogue.titles
        if said.strip() in titles:
            return said.strip()
        asked = folded(said)
        same = [i for i, title in titles.items() if asked in (folded(title), folded(shown(title)))]
        if len(same) == 1:
            return same[0]
        if same:
            ids = ", ".join(same[:NEAR])
            raise UnknownNameError(f"several items are called {said!r}; name one by its id: {ids}")
        likely = self.items_like(said, NEAR)
        near = [f"{i} ({shown(titles[i])})" for i in likely]
        raise UnknownNameError(_missing("item", said, near))

    def items_like(self, said: str, count: int) -> list[str]:
        """Ids of items whose titles share most words with what was said, most touched first."""
        asked = {stem(word) for word in folded(said) if word[0].isalnum()}
        users = self.world.catalogue.users
        found = [
            (len(asked & words) / len(asked | words), users[item], item)
            for item, words in self._title_words().items()
            if asked & words
        ]
        found.sort(key=lambda one: (-one[0], -one[1], one[2]))
        return [item for _, _, item in found[:count]]

    def category(self, said: str) -> str:
        """A category, given by its name in any case."""
        known = list(self.world.catalogue.of_category)
        asked = _stems(said)
        same = [name for name in known if _stems(name) == asked]
        if len(same) == 1:
            return same[0]
        raise UnknownNameError(_missing("category", said, _near(said, known) or known[:12]))

    def attributes(self) -> list[str]:
        """Names of what people declare here, such as `region`."""
        names = (name for name in self.world.table.names if name.startswith("attribute:"))
        return sorted({name.removeprefix("attribute:").partition("=")[0] for name in names})

    def attribute(self, said: str) -> str:
        """Something people declare, given by its name in any case."""
        known = self.attributes()
        same = [name for name in known if name.casefold() == said.strip().casefold()]
        if same:
            return same[0]
        raise UnknownNameError(_missing("attribute", said, _near(said, known) or known[:12]))

    def feature(self, said: str) -> str:
        """A readable feature, such as `weekend_share` or `category:Baking`."""
        known = self.world.table.names
        if said in known:
            return said
        folded_names = {name.casefold(): name for name in known}
        bare = {name.partition(":")[2].casefold(): name for name in known if ":" in name}
        found = folded_names.get(said.casefold()) or bare.get(said.casefold())
        if found:
            return found
        raise UnknownNameError(_missing("feature", said, _near(said, [*known, *bare])))

    def _title_words(self) -> Mapping[str, set[str]]:
        if not hasattr(self, "_words"):
            self._words = {
                item: {stem(word) for word in folded(title) if word[0].isalnum()}
                for item, title in self.world.catalogue.titles.items()
            }
        return self._words


def _stems(name: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in folded(name) if word[0].isalnum())


def _near(said: str, known: Iterable[str]) -> list[str]:
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(said.casefold(), list(by_folded), NEAR, LIKENESS)
    return [by_folded[name] for name in found]


def _missing(kind: str, said: str, near: list[str]) -> str:
    said = shown(said)
    known = f"; near it: {', '.join(near)}" if near else ""
    return f"there is no {kind} {said!r} in this run{known}"
