"""examples for the OpenAPI document: in the manner of the demo shop, of no real run."""

from __future__ import annotations

from typing import Any

FACT = {
    "id": "S2",
    "kind": "category",
    "text": "dog food 41 % of spend (everybody: 6 %, about 7 times)",
    "numbers": {"share": 0.41, "population": 0.06},
}
SEGMENT: dict[str, Any] = {
    "id": "s3",
    "level": 1,
    "name": "Weekly dog food buyers",
    "description": "People who order dog food every week or two, at weekends.",
    "why": [{"text": "They put 41 % of their spend into dog food.", "facts": ["S2"]}],
    "facts": [FACT],
    "rule": [
        {
            "feature": "category:dog food",
            "op": ">=",
            "value": 0.25,
            "text": "at least 25 % of spend in dog food",
        }
    ],
    "size": 86,
    "share": 0.086,
    "parent": None,
    "precision": 0.94,
    "recall": 0.88,
    "writer": "extractive",
    "exemplars": ["u0042", "u0317"],
}
SHARE = {
    "kind": "item",
    "id": "p0107",
    "title": "Chicken kibble 2 kg",
    "share": 0.31,
    "facts": ["item/p0107"],
}
RECOMMENDATIONS: dict[str, Any] = {
    "user_id": "u0042",
    "items": [
        {
            "item_id": "p0111",
            "title": "Salmon kibble 2 kg",
            "score": 0.74,
            "rationale": "You bought Chicken kibble 2 kg 9 times; it carries 42 % of this score.",
            "because": [
                SHARE,
                {"kind": "rest", "id": "rest", "title": "the rest", "share": 0.43, "facts": []},
            ],
        }
    ],
}
PROFILE: dict[str, Any] = {
    "user_id": "u0042",
    "headline": "Buys dog food every second weekend",
    "sentences": [{"text": "Dog food makes 52 % of spend.", "facts": ["E1"]}],
    "interests": [{"name": "dog food", "strength": 0.9}],
    "facts": [{**FACT, "id": "E1"}],
    "memberships": [{"segment": "s3", "weight": 0.93}],
    "noise": False,
    "outlier": 0.04,
    "writer": "extractive",
}
ANSWER: dict[str, Any] = {
    "text": "Weekly dog food buyers are worth most: £48,210 in all [segment/s3/total:spend].",
    "citations": [{"id": "segment/s3/total:spend", "text": "£48,210 of spend"}],
    "tool_calls": [{"tool": "rank_segments", "arguments": {"by": "total:spend"}}],
    "writer": "extractive",
    "thread": "5f0c2d9a41b7",
    "could_ask": ["And the second?"],
}
RESULT: dict[str, Any] = {
    "tool": "size_audience",
    "arguments": {"segment": "s3", "conditions": []},
    "status": "found",
    "said": [{"text": "86 customers of Weekly dog food buyers.", "facts": ["audience/1f2e3d4c"]}],
    "citations": [{"id": "audience/1f2e3d4c", "text": "86 customers of Weekly dog food buyers"}],
    "data": {"people": 86, "exact": True, "audience": "1f2e3d4c"},
}
