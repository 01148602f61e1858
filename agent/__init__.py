"""Folkmap: behaviour logs in, cited profiles and explained segments out.

>>> from agent import SegmentAgent
>>> agent = SegmentAgent.build("events.csv", items="items.csv", run="runs/shop")
>>> agent.segments(), agent.profile("u42")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.segment_agent import SegmentAgent

__all__ = ["SegmentAgent"]


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: every module of the package passes by here."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from agent.segment_agent import SegmentAgent

    return SegmentAgent
