"""Laws of event logs: the order of events does not matter, a repeated event says nothing new."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple
from support import CASE_BASE

from ingest.findings import FindingKind, Findings
from ingest.openlineage.events import values_of
from ingest.openlineage.graph import Graph
from ingest.openlineage.naming import dataset_node
from kg_service.align.engine import Alignment

_IDS = [f"01890a5d-ac96-774b-bcce-{n:012d}" for n in range(3)]
_DATASETS = st.fixed_dictionaries(
    {"namespace": st.sampled_from(["s3://b", "s3a://b", "file"]), "name": st.sampled_from("xyz")},
    optional={
        "facets": st.sampled_from(
            [
                {"version": {"datasetVersion": "1"}},
                {"schema": {"fields": [{"name": "a"}, {"name": "b", "type": "int"}]}},
                {"lifecycleStateChange": {"lifecycleStateChange": "DROP"}},
                {"mine": [1, {"a": None}]},
            ]
        )
    },
)
_EVENTS = st.fixed_dictionaries(
    {
        "eventType": st.sampled_from(["START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER"]),
        "eventTime": st.integers(0, 23).map(lambda h: f"2024-05-01T{h:02d}:00:00Z"),
        "run": st.fixed_dictionaries(
            {"runId": st.sampled_from(_IDS)},
            optional={
                "facets": st.sampled_from(_IDS).map(
                    lambda i: {
                        "parent": {"run": {"runId": i}, "job": {"namespace": "n", "name": "p"}}
                    }
                )
            },
        ),
        "job": st.sampled_from("ab").map(lambda n: {"namespace": "n", "name": n}),
    },
    optional={
        "inputs": st.lists(_DATASETS, max_size=2),
        "outputs": st.lists(_DATASETS, max_size=2),
    },
)


def statements(events: list[Any]) -> set[Triple]:
    """What a log of these events says."""
    content = "".join(f"{json.dumps(e)}\n" for e in events).encode()
    findings = Findings()
    made = set(Graph(CASE_BASE, findings).triples(values_of(content, "log", findings)))
    assert not findings.of(FindingKind.LOSS)
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(_EVENTS, min_size=2, max_size=6), data=st.data())
def test_order_and_repetition_say_nothing(
    alignment: Alignment, events: list[Any], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
    first, second = statements(events), statements(mixed)
    assert first == second
    one = alignment.align(sorted(first, key=str), Findings())
    other = alignment.align(sorted(second, key=str, reverse=True), Findings())
    assert set(one.triples) == set(other.triples)


@settings(max_examples=60, deadline=None)
@given(events=st.lists(_EVENTS, min_size=1, max_size=5))
def test_a_log_says_what_its_events_say(events: list[Any]) -> None:
    apart = set().union(*(statements([event, event]) for event in events))
    assert statements([*events, *events]) == apart


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    event=_EVENTS, key=st.sampled_from(["run", "job", "inputs", "outputs", "dataset"]), junk=_JSON
)
def test_junk_is_told_never_raised(event: dict[str, Any], key: str, junk: Any) -> None:
    for broken in (
        {**event, key: junk},
        {**event, "run": {**event["run"], "facets": {"parent": junk, "tags": {"tags": junk}}}},
        {**event, "outputs": [{"namespace": "n", "name": "d", "facets": junk}]},
    ):
        findings = Findings()
        content = json.dumps([broken]).encode()
        made = list(Graph(CASE_BASE, findings).triples(values_of(content, "log", findings)))
        assert made or findings.of(FindingKind.LOSS)


def test_a_dataset_is_its_address_where_that_is_one() -> None:
    def name(namespace: str, path: str) -> str:
        return dataset_node(namespace, path, "base:/").value

    assert name("s3://bucket", "/a/b") == name("s3a://bucket/", "a/b") == "s3://bucket/a/b"
    assert name("bigquery", "p.d.t") == "bigquery:p.d.t"
    assert name("arn:aws:glue:eu-1:12", "table/db/t") == "arn:aws:glue:eu-1:12/table/db/t"
    assert name("kafka://host:9092", "a#b?c d") == "kafka://host:9092/a%23b%3Fc%20d"
    for local in (
        "file",
        "food_delivery",
        "hdfs:///",
        "mysql://localhost:3306",
        "/tmp/x",
        "file:/x",
    ):
        assert name(local, "t").startswith("base:/datasets/")
    # the two parts stay apart, so that no two local datasets meet
    assert name("a/b", "c") != name("a", "b/c")


def test_a_long_log_is_read_line_by_line() -> None:
    line = json.dumps({"eventType": "START", "run": {"runId": _IDS[0]}, "job": {}}).encode() + b"\n"
    seen = 0
    for _value, where in values_of(line * 2000, "log", Findings()):
        seen += 1
        assert where == f"log: line {seen}"
    assert seen == 2000
