"""Events as triples, in OpenLineage's own names, one event after the other.

A run says that it read (``inputs``) and wrote (``outputs``) a dataset by way of a reference,
which carries the dataset's facets as the run saw them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode, Triple

from ingest.findings import Findings
from ingest.json_graph import JsonGraph, canonical
from ingest.openlineage.events import Event, is_event
from ingest.openlineage.facets import Facets
from ingest.openlineage.naming import named, run_id_of
from ingest.openlineage.times import time_literal
from ingest.triples import skolem, typed

_SIDES = (("inputs", "InputDataset"), ("outputs", "OutputDataset"))
_OF_REFERENCE = {"namespace", "name", "facets", "inputFacets", "outputFacets"}
_OF_EVENT = {"run", "job", "dataset", "inputs", "outputs", "eventTime"}


@dataclass
class Graph:
    """Writes the triples of one source below ``base``."""

    base: str
    findings: Findings
    facets: Facets = field(init=False)
    _writer: dict[NamedNode, NamedNode] = field(default_factory=dict)
    _rewritten: set[NamedNode] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.facets = Facets(self.base)

    @property
    def _json(self) -> JsonGraph:
        return self.facets.json

    def triples(self, values: Iterable[tuple[Any, str]]) -> Iterator[Triple]:
        """The statements of each event, given with its place."""
        for value, where in values:
            if is_event(value):
                yield from self._event(value, where)
            elif value is not None:
                self.findings.lost("no-event", where, canonical(value)[:80])

    def _event(self, event: Event, where: str) -> Iterator[Triple]:
        term = self._json.term
        node = skolem(self.base, "event", canonical(event))
        job, dataset = event.get("job"), event.get("dataset")
        is_run = event.get("run") is not None or (job is None and dataset is None)
        is_dataset = not is_run and job is None
        kind = "RunEvent" if is_run else "DatasetEvent" if is_dataset else "JobEvent"
        yield typed(node, term(kind))
        if event.get("eventTime") is not None:
            yield Triple(node, term("eventTime"), time_literal(str(event["eventTime"])))
        yield from self._json.fields(node, event, skip=_OF_EVENT)
        owner = None
        if is_run:
            owner = yield from self._run(node, event, where)
        if job is not None:
            owner = yield from self._job(node, owner, job, where)
        if dataset is not None:
            place = f"{where}.dataset"
            yield from self._reference(node, "dataset", "StaticDataset", dataset, place)
        for side, kind in _SIDES:
            items = event.get(side)
            for number, item in enumerate(items if isinstance(items, list) else []):
                place = f"{where}.{side}[{number}]"
                yield from self._reference(owner or node, side, kind, item, place)

    def _run(self, node: NamedNode, event: Event, where: str) -> Generator[Triple, None, NamedNode]:
        content = event.get("run")
        run_id = run_id_of(content)
        if run_id is None:
            self.findings.warned("no-run-id", where, "the event is taken as a run of its own")
            run = skolem(self.base, "run", canonical(event))
            yield typed(run, self._json.term("Run"))
        else:
            run, naming = self.facets.run(run_id)
            yield from naming
        yield Triple(node, self._json.term("run"), run)
        if isinstance(content, dict):
            yield from self.facets.of(run, content.get("facets"))
            yield from self._json.fields(run, content, skip={"runId", "facets"})
        return run

    def _job(
        self, node: NamedNode, run: NamedNode | None, content: Any, where: str
    ) -> Generator[Triple, None, NamedNode | None]:
        names = named(content)
        if names is None:
            self.findings.lost("no-job", f"{where}.job", f"no namespace and name: {content!r}"[:80])
            return run
        job, naming = self.facets.job(*names)
        yield from naming
        yield Triple(run or node, self._json.term("job"), job)
        yield from self.facets.of(job, content.get("facets"))
        if run is not None:
            # a job's code changes from run to run: the run keeps what it was then
            yield from self.facets.of(run, content.get("facets"))
        yield from self._json.fields(job, content, skip={"namespace", "name", "facets"})
        return run or job

    def _reference(
        self, owner: NamedNode, side: str, kind: str, content: Any, where: str
    ) -> Iterator[Triple]:
        names = named(content)
        if names is None:
            self.findings.lost("no-dataset", where, f"no namespace and name: {content!r}"[:80])
            return
        dataset, naming = self.facets.dataset(*names)
        yield from naming
        node = skolem(self.base, side, owner.value, dataset.value)
        yield Triple(owner, self._json.term(side), node)
        yield typed(node, self._json.term(kind))
        yield Triple(node, self._json.term("dataset"), dataset)
        for key in ("facets", "inputFacets", "outputFacets"):
            yield from self.facets.of(node, content.get(key))
        yield from self._json.fields(node, content, skip=_OF_REFERENCE)
        facets = content.get("facets")
        if side == "outputs" and not (isinstance(facets, dict) and facets.get("version")):
            self._note_written(dataset, owner, names)

    def _note_written(self, dataset: NamedNode, run: NamedNode, names: tuple[str, str]) -> None:
        """Without versions, what many runs wrote is one thing, and its lineage that of all."""
        if self._writer.setdefault(dataset, run) != run and dataset not in self._rewritten:
            self._rewritten.add(dataset)
            self.findings.warned(
                "dataset-rewritten",
                " ".join(names),
                "written by several runs without a version, which its lineage does not tell apart",
            )
