"""The N-Quads of a generated source: what a reader and the alignment would make of it.

Per step: the run and the file it made, as a crate says it (asserted), in PROV-O (aligned), and
the checksum key of the file (identity). And what the catalogue says of the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from kg_service.catalogue import (
    GraphNames,
    SourceIris,
    alignment_quads,
    asserted_quads,
    record_quads,
)
from kg_service.report import Derived, IngestReport, Outcome
from kg_service.terms import KG_NS, PROV_NS, RDF_TYPE

BASE = "http://bench.test"
_TYPE = f"<{RDF_TYPE.value}>"
_SCHEMA = "http://schema.org/"


def iris_of(source: str) -> SourceIris:
    """The names of a generated source, whose version is made from its id."""
    return SourceIris(BASE, source, sha256(source.encode()).hexdigest())


def file_of(source: str, number: int) -> str:
    return f"{BASE}/source/{source}/file-{number}.tsv"


def run_of(source: str, number: int) -> str:
    return f"{BASE}/source/{source}/#run-{number}"


def step(names: GraphNames, source: str, number: int, used: Iterable[str]) -> str:
    """All that is said of a run and the file that it made. ``used`` are IRIs of files."""
    run, file = f"<{run_of(source, number)}>", f"<{file_of(source, number)}>"
    asserted, aligned = names.asserted, names.aligned
    inputs = "".join(
        f"{run} <{_SCHEMA}object> <{iri}> {asserted} .\n{run} <{PROV_NS}used> <{iri}> {aligned} .\n"
        for iri in used
    )
    return (
        f"{run} {_TYPE} <{_SCHEMA}CreateAction> {asserted} .\n"
        f"{run} <{_SCHEMA}result> {file} {asserted} .\n"
        f"{run} {_TYPE} <{PROV_NS}Activity> {aligned} .\n{inputs}"
        f"{file} {_TYPE} <{_SCHEMA}MediaObject> {asserted} .\n"
        f'{file} <{_SCHEMA}name> "file {number}" {asserted} .\n'
        f"{file} {_TYPE} <{PROV_NS}Entity> {aligned} .\n"
        f"{file} {_TYPE} <{KG_NS}File> {aligned} .\n"
        f"{file} <{PROV_NS}wasGeneratedBy> {run} {aligned} .\n"
        f"{file} <{KG_NS}hasContentKey> <urn:kg:key:sha256:{source}-{number}> {names.identity} .\n"
    )


def catalogued(
    source: str, asserted: int = 0, aligned: int = 0, identity: int = 0
) -> Iterator[str]:
    """What the catalogue says of a generated source, as lines."""
    iris = iris_of(source)
    report = IngestReport(
        location=f"generated/{source}",
        outcome=Outcome.ADDED,
        source_id=source,
        format="ro-crate",
        version=iris.version,
        title=source,
        asserted=asserted,
        derived=Derived(aligned=aligned, identity=identity),
    )
    graphs = [iris.graphs()]
    for quad in (
        *record_quads(iris, report, None, "benchmark", "none"),
        *asserted_quads(iris, graphs),
        *alignment_quads(iris, graphs, report.derived, "none"),
    ):
        yield f"{quad} .\n"
