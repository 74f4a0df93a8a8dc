"""Prometheus metrics of one application. Each has its own registry, so that two in one process do not collide."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters that the application's parts add to; labels are routes and outcomes, never content."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cortex_http_requests", "HTTP requests", ["method", "route", "status"], registry=self.registry
        )
        self.request_seconds = Histogram(
            "cortex_http_request_seconds",
            "Time to the start of the answer",
            ["route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30),
            registry=self.registry,
        )
        self.jobs = Counter("cortex_jobs", "Jobs that ended", ["kind", "outcome"], registry=self.registry)
        self.job_seconds = Histogram(
            "cortex_job_seconds",
            "Time a job took",
            ["kind"],
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
            registry=self.registry,
        )
        self.streams = Gauge("cortex_open_streams", "Open event streams and WebSockets", registry=self.registry)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)
