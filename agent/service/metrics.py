"""what the service counts for Prometheus; labels are routes and outcomes, never names or ids."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]


class Metrics:
    """The counters of one service; each has a registry of its own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "folkmap_requests_total",
            "Requests by method, route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "folkmap_request_seconds",
            "Seconds from a request to the end of its response, by route.",
            ("route",),
            registry=registry,
            buckets=BOUNDS,
        )
        self.under_way = Gauge(
            "folkmap_requests_under_way", "Requests being served.", registry=registry
        )
        self.tools = Counter(
            "folkmap_tool_calls_total",
            "Tool calls by tool, outcome, and whether the result was remembered.",
            ("tool", "status", "remembered"),
            registry=registry,
        )
        self.answers = Counter(
            "folkmap_answers_total",
            "Answers by writer.",
            ("writer",),
            registry=registry,
        )
        self.refused = Counter(
            "folkmap_refused_total",
            "Requests refused before they reached a route, by reason.",
            ("reason",),
            registry=registry,
        )
        self.version = Gauge(
            "folkmap_run_version", "The version of the run that is open.", registry=registry
        )
        self.processes = Gauge(
            "folkmap_tool_processes",
            "Processes beside the service's own that work on tool calls now.",
            registry=registry,
        )
        self.model_up = Gauge(
            "folkmap_model_up",
            "1 while the model can be used or none is wanted, 0 while it is down.",
            registry=registry,
        )

    def text(self) -> bytes:
        """Everything counted, in the text format."""
        return generate_latest(self._registry)
