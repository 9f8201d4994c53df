"""Facets as triples. A facet is named by its content: the same schema in a thousand events is one.

Standard facets keep their fields, and what they name (runs, jobs, datasets, owners) is the
thing itself. Any other facet is kept whole, as JSON, with its key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.iri import segment
from ingest.json_graph import JsonGraph, is_scalar, json_literal
from ingest.openlineage.naming import dataset_node, job_node, named, run_id_of, run_node
from ingest.triples import typed

NAMESPACE = "https://w3id.org/kg-service/openlineage#"
STANDARD = frozenset(
    {
        # of runs
        *("environmentVariables", "errorMessage", "executionParameters", "externalQuery"),
        *("extractionError", "jobDependencies", "nominalTime", "parent", "parentRun"),
        *("processing_engine", "tags", "test"),
        # of jobs
        *("documentation", "jobType", "lineage", "ownership"),
        *("sourceCode", "sourceCodeLocation", "sql"),
        # of datasets
        *("catalog", "columnLineage", "dataSource", "datasetType", "hierarchy"),
        *("lifecycleStateChange", "schema", "storage", "symlinks", "version"),
        # of datasets as a run read or wrote them
        *("dataQualityAssertions", "dataQualityMetrics", "inputStatistics", "outputStatistics"),
        "subset",
    }
)
# objects whose keys are free: columns, conditions
_FREE = frozenset({"columnMetrics", "inputCondition", "outputCondition", "quantiles", "params"})
_OWNED = {"owners": "Owner", "environmentVariables": "EnvironmentVariable"}


@dataclass
class Facets:
    """Writes facets, and the runs, jobs and datasets that they and events name, each once."""

    base: str
    json: JsonGraph = field(init=False)
    _written: set[NamedNode] = field(default_factory=set)
    _told: set[tuple[NamedNode | str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.json = JsonGraph(NAMESPACE, self.base)

    def of(self, owner: NamedNode, facets: Any) -> Iterator[Triple]:
        """The facets of a run, a job or a dataset in an event."""
        if not isinstance(facets, dict):
            return
        for key, value in facets.items():
            if value in (None, {}, []):
                continue
            if key in STANDARD and isinstance(value, dict):
                yield from self._standard(owner, key, value)
            else:
                yield from self._custom(owner, key, value)

    def run(self, run_id: str) -> tuple[NamedNode, list[Triple]]:
        """The node of a run, and its naming where it was not yet told."""
        return self._named(run_node(run_id, self.base), "Run", {"runId": run_id})

    def job(self, namespace: str, name: str) -> tuple[NamedNode, list[Triple]]:
        """The node of a job, likewise."""
        node = job_node(namespace, name, self.base)
        return self._named(node, "Job", {"namespace": namespace, "name": name})

    def dataset(self, namespace: str, name: str) -> tuple[NamedNode, list[Triple]]:
        """The node of a dataset, likewise."""
        node = dataset_node(namespace, name, self.base)
        return self._named(node, "Dataset", {"namespace": namespace, "name": name})

    def _named(
        self, node: NamedNode, kind: str, fields: dict[str, str]
    ) -> tuple[NamedNode, list[Triple]]:
        # one address has several spellings (s3a, s3), and each is told
        told: tuple[NamedNode | str, ...] = (node, *fields.values())
        if told in self._told:
            return node, []
        self._told.add(told)
        return node, [typed(node, self.json.term(kind)), *self.json.fields(node, fields)]

    def _custom(self, owner: NamedNode, key: str, value: Any) -> Iterator[Triple]:
        node = self.json.part("facet", value, key)
        yield Triple(owner, self.json.term("customFacet"), node)
        if node in self._written:
            return
        self._written.add(node)
        yield typed(node, self.json.term("CustomFacet"))
        yield Triple(node, self.json.term("key"), Literal(key))
        yield Triple(node, self.json.term("json"), json_literal(value))

    def _standard(self, owner: NamedNode, key: str, value: dict[str, Any]) -> Iterator[Triple]:
        node = self.json.part("facet", value, key)
        yield Triple(owner, self.json.term(key), node)
        if node in self._written:
            return
        self._written.add(node)
        yield typed(node, self.json.term(f"{key[0].upper()}{key[1:]}Facet"))
        for name, content in value.items():
            yield from self._field(node, name, content)

    def _field(self, node: NamedNode, name: str, content: Any) -> Iterator[Triple]:
        term = self.json.term
        if content in (None, {}, []):
            return
        if is_scalar(content):
            yield from self.json.field(node, name, content)
        elif name in _FREE:
            yield Triple(node, term(name), json_literal(content))
        elif isinstance(content, list):
            for number, item in enumerate(content):
                if isinstance(item, dict) and item:
                    yield from self._part(node, name, item, number if len(content) > 1 else None)
                else:
                    yield from self.json.field(node, name, [item])
        elif name == "fields" and all(isinstance(v, dict) for v in content.values()):
            # columns by their names: column lineage
            for column, item in content.items():
                yield from self._part(node, name, {"column": column, **item}, None)
        elif name == "run" and (run_id := run_id_of(content)):
            yield from self._reference(node, name, *self.run(run_id), content, {"runId"})
        elif name == "job" and (of_job := named(content)):
            yield from self._reference(node, name, *self.job(*of_job), content)
        else:
            yield from self._part(node, name, content, None)

    def _reference(
        self,
        node: NamedNode,
        name: str,
        target: NamedNode,
        naming: list[Triple],
        content: dict[str, Any],
        own: set[str] | None = None,
    ) -> Iterator[Triple]:
        """That a field names a run or a job, whose facets may stand there too."""
        yield Triple(node, self.json.term(name), target)
        yield from naming
        yield from self.of(target, content.get("facets"))
        rest = {"facets", "namespace", "name"} if own is None else {"facets"} | own
        yield from self.json.fields(target, content, skip=rest)

    def _part(
        self, node: NamedNode, name: str, item: dict[str, Any], index: int | None
    ) -> Iterator[Triple]:
        """An object in a facet: a thing with a namespace and a name is what they name."""
        if name == "owners" and isinstance(item.get("name"), str):
            yield from self._owner(node, item)
            return
        child = self.json.part(name, item, str(index))
        yield Triple(node, self.json.term(name), child)
        if index is not None:
            yield from self.json.field(child, "index", index)
        if name in _OWNED:
            yield typed(child, self.json.term(_OWNED[name]))
        rest = item
        if (names := named(item)) is not None:
            is_job = item.get("type") == "JOB"
            target, naming = self.job(*names) if is_job else self.dataset(*names)
            yield Triple(child, self.json.term("job" if is_job else "dataset"), target)
            yield from naming
            rest = {k: v for k, v in item.items() if k not in ("namespace", "name")}
        if (run_id := run_id_of(item)) is not None:
            run, naming = self.run(run_id)
            yield Triple(child, self.json.term("run"), run)
            yield from naming
        for key, content in rest.items():
            yield from self._field(child, key, content)

    def _owner(self, node: NamedNode, item: dict[str, Any]) -> Iterator[Triple]:
        owner = NamedNode(f"{self.base}owners/{segment(item['name'])}")
        yield Triple(node, self.json.term("owners"), owner)
        yield typed(owner, self.json.term("Owner"))
        yield from self.json.fields(owner, item)
