"""Prometheus metrics of one application. Each has its own registry, so that two in one process do not collide."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from cortex.domain.model_call import ModelCall

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
        self.model_calls = Counter(
            "cortex_model_calls",
            "Calls of models that ended",
            ["provider", "purpose", "outcome"],
            registry=self.registry,
        )
        self.model_tokens = Counter(
            "cortex_model_tokens",
            "Tokens read and written by models",
            ["provider", "direction"],
            registry=self.registry,
        )
        self.model_cost = Counter(
            "cortex_model_cost_usd", "What calls of models cost, in US dollars", ["provider"], registry=self.registry
        )
        self.first_part_seconds = Histogram(
            "cortex_model_first_part_seconds",
            "Time from a call to the first piece of the answer",
            ["provider"],
            buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320),
            registry=self.registry,
        )
        self.breakers = Gauge(
            "cortex_model_breaker",
            "Whether a model is left alone after failures: 0 closed, 1 open",
            ["provider", "model"],
            registry=self.registry,
        )
        self.streams = Gauge("cortex_open_streams", "Open event streams and WebSockets", registry=self.registry)

    def model_call(self, call: ModelCall) -> None:
        """Count a call of a model that has ended."""
        self.model_calls.labels(call.provider, call.purpose, "cached" if call.cached else call.outcome).inc()
        if call.cached:
            return
        self.model_tokens.labels(call.provider, "read").inc(call.prompt_tokens)
        self.model_tokens.labels(call.provider, "written").inc(call.completion_tokens)
        self.model_cost.labels(call.provider).inc(call.cost_usd)
        if call.first_part_milliseconds is not None:
            self.first_part_seconds.labels(call.provider).observe(call.first_part_milliseconds / 1000)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)
