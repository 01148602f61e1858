"""Folkmap: behaviour logs in, cited profiles and explained segments out.

>>> from agent import SegmentAgent
>>> agent = SegmentAgent.build("events.csv", items="items.csv", run="runs/shop")
>>> agent.segments(), agent.profile("u42")
"""

from agent.segment_agent import SegmentAgent

__all__ = ["SegmentAgent"]
