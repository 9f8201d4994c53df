"""Figures for Prometheus, at ``/metrics``.

What is told of requests names routes by their templates, never by what was asked. What is told of
the graph is what the one who asks may see: a hidden source changes no figure.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from kg_service.errors import StoreError
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import answer

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_QUERIES = {"/sparql", "/graphql", "/queries/{question_id}"}
_EXAMPLE = 'kg_requests_total{method="GET",route="/lineage",status="200"} 12.0\nkg_sources 5.0\n'
_LIMITED = {408, 413, 429, 503, 504}


class Metrics:
    """The figures of one service process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kg_requests", "Requests that were answered.", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "kg_request_seconds", "How long answers took, to their last byte.", ["route"],
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._queries = Counter(
            "kg_queries", "Queries by SPARQL, GraphQL and name.", ["route", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.running = Gauge("kg_requests_running", "Requests under way.", registry=self.registry)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request that was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if route in _QUERIES:
            self._queries.labels(route, _outcome(status)).inc()


def _outcome(status: int) -> str:
    if status < 400:
        return "answered"
    if status in _LIMITED:
        return "limited"
    return "refused" if status < 500 else "failed"


class _Graph(Collector):
    """What is told of the graph, as the one who asks sees it."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            records = self._context.sources()
        except StoreError:
            yield GaugeMetricFamily("kg_store_readable", "Whether the store is read.", value=0)
            return
        yield GaugeMetricFamily("kg_store_readable", "Whether the store is read.", value=1)
        yield GaugeMetricFamily("kg_sources", "Sources.", value=len(records))
        yield GaugeMetricFamily(
            "kg_statements", "Statements that sources make, and that are derived from them.",
            value=sum(record.asserted + record.aligned for record in records),
        )  # fmt: skip


def metrics_router(context: ServiceContext, metrics: Metrics) -> APIRouter:
    """The route ``/metrics``."""
    router = APIRouter()

    @router.get(
        "/metrics",
        tags=["Service"],
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: answer("The figures.", _EXAMPLE, "text/plain")},
    )
    def figures() -> Response:
        """Requests by route and status, how long they took, queries by outcome, the process.

        And how many sources and statements there are, of those that the caller may see.
        """
        graph = CollectorRegistry()
        graph.register(_Graph(context))
        body = generate_latest(metrics.registry) + generate_latest(graph)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return router
