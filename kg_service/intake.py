"""Taking sources in: from what was found to graphs in the store and a record in the catalogue."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Quad

from ingest.discover import Found, PassedOver, Refused, discover
from ingest.document import Bundled, Description, Document, Visibility
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.iri import is_valid_reference, segment
from kg_service import __version__
from kg_service.access.deciding import Decided, change_visibility, decided_before
from kg_service.align.engine import Alignment
from kg_service.catalogue import (
    Catalogue,
    GraphNames,
    SourceIris,
    SourceRecord,
    alignment_quads,
    asserted_quads,
    record_quads,
    replaced_quads,
)
from kg_service.deposit import OPERATORS_OWN, Deposit
from kg_service.derive import derive
from kg_service.errors import UsageError
from kg_service.identity.identifiers import identifier_key
from kg_service.report import Derived, IngestReport, Outcome
from kg_service.store.port import Change, GraphStore, Sizes
from kg_service.store.statements import Statements
from kg_service.tombstones import revival

SOFTWARE = f"kg-service {__version__}"
_PART = r"[A-Za-z0-9][A-Za-z0-9._~-]*"
# what somebody deposited begins with their name: ~els/scan
_VALID_ID = re.compile(rf"(?:~{_PART}/)?{_PART}(?:/{_PART})*")
_LONGEST_ID = 120


class Intake:
    """Ingests sources into a store, one after another.

    Within one intake, two different sources that claim the same identifier are kept apart;
    over time, the same identifier means a new version of the same source.

    Who may see a source is what it says, unless that is ``decided``, now or for an earlier version.
    """

    def __init__(
        self,
        store: GraphStore,
        alignment: Alignment,
        base: str,
        decided: Decided | None = None,
        deposit: Deposit = OPERATORS_OWN,
    ) -> None:
        self._store = store
        self._decided = decided
        self._deposit = deposit
        self._alignment = alignment
        self._base = base.rstrip("/")
        self._catalogue = Catalogue(store)
        self._taken: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def take_path(
        self, path: Path, source_id: str | None = None, named: str | None = None
    ) -> Iterator[IngestReport | None]:
        """Ingest all sources at a path. Yields a report each; None for a file passed over.

        ``named`` is what reports and the catalogue call the path, where that is not its own name.

        Raises UsageError where ``source_id`` is given and the path holds several sources.
        """
        found = discover(path, named)
        if source_id is not None:
            sources = list(found)
            if sum(isinstance(s, Found) for s in sources) > 1:
                raise UsageError(f"{path}: holds several sources, --id can name only one of them")
            found = iter(sources)
        for discovery in found:
            if isinstance(discovery, PassedOver):
                yield None
            elif isinstance(discovery, Refused):
                yield refusal(discovery.location, discovery.error)
            else:
                yield self.take(discovery, source_id)

    def take(self, found: Found, source_id: str | None = None) -> IngestReport:
        """Ingest one source; a source that can not be read gives a report that says so."""
        try:
            document = found.read()
            version = found.bundle.version()
            return self._take(found, document, version, source_id)
        except SourceError as error:
            return refusal(found.location, error, found.format.name)
        finally:
            found.bundle.forget()

    def _take(
        self, found: Found, document: Document, version: str, given: str | None
    ) -> IngestReport:
        findings = Findings()
        description = self._deposit.described(
            document.description,
            lambda code, said: findings.warned(code, found.location, said),
        )
        wanted = self._source_id(found, description, version, given)
        source_id = self._deposit.source_id(wanted)
        iris = SourceIris(self._base, source_id, version)
        report = IngestReport(
            location=found.location,
            outcome=Outcome.ADDED,
            source_id=source_id,
            format=found.format.name,
            version=version,
            title=description.title,
            identifier=description.identifier,
            licence=description.licence,
            profiles=description.profiles,
            visibility=_visibility(description).value,
            groups=description.groups,
            visible_from=description.visible_from,
            by=self._deposit.by,
            findings=findings,
        )
        decided = self._decided or decided_before(self._store, iris.source)
        if decided is not None:
            report.visibility, report.groups = decided.visibility.value, decided.groups
            report.visible_from, report.visibility_decided = decided.visible_from, decided.at
        self._taken[source_id] = version
        self._ids[found.location] = source_id
        previous = self._catalogue.source(iris.source)
        if previous is not None and previous.version == version:
            if self._decided is not None:
                change_visibility(self._store, iris.source, self._decided)
            return _unchanged(report, previous)
        if previous is not None:
            report.outcome = Outcome.REPLACED
        with _spooled(document, iris, report) as asserted:
            self._commit(asserted, iris, report, previous)
        if previous is not None and previous.origin != found.location:
            # told to who ingests, but not kept: who may see this version need not see that one
            report.findings.warned(
                "other-origin",
                found.location,
                f"replaces the version of {source_id} that came from {previous.origin}; "
                "give --id if it is another source",
            )
        return report

    def _commit(
        self,
        asserted: Mapping[GraphNames, Statements],
        iris: SourceIris,
        report: IngestReport,
        previous: SourceRecord | None,
    ) -> None:
        derivation = derive(self._alignment, asserted, report.findings)
        sets = self._alignment.version

        def records(sizes: Sizes) -> list[Quad]:
            report.asserted = sum(sizes[names.asserted] for names in asserted)
            report.derived = derivation.counted(sizes)
            return [
                *record_quads(iris, report, previous, SOFTWARE, sets),
                *asserted_quads(iris, list(asserted)),
                *alignment_quads(iris, list(asserted), report.derived, sets),
            ]

        written = {names.asserted: statements for names, statements in asserted.items()}
        returned = revival(self._store, iris.source, iris.version_node)
        replaced = replaced_quads(self._store, iris, previous) if previous else []
        try:
            self._store.commit(
                Change(
                    graphs={**written, **derivation.graphs},
                    grades=derivation.grades,
                    drop=previous.graphs if previous else [],
                    delete=[*replaced, *returned.delete],
                    insert=returned.insert,
                    supersedes=iris.source if previous else None,
                    records=records,
                )
            )
        finally:
            derivation.close()

    def _source_id(
        self, found: Found, description: Description, version: str, given: str | None
    ) -> str:
        identifier, title = description.identifier, description.title
        if found.outer is not None:
            outer = self._ids.get(found.outer.location)
            if outer is not None:
                # its relative identifiers are then those by which the outer crate names its parts
                return "/".join([outer, *map(segment, found.nested.strip("/").split("/"))])
        if given is not None:
            if not is_valid_id(given):
                raise UsageError(
                    f"--id {given!r}: use letters, digits and . _ ~ - (and / between parts)"
                )
            return given
        if identifier is None:
            return self._nameless_id(found, title, version)
        for record in self._catalogue.from_origin(found.location):
            if record.identifier == identifier:
                return record.id
        own = _slug(_readable(identifier))
        if self._taken.get(self._deposit.source_id(own), version) != version:
            return f"{own}-{_short_hash(found.location)}"
        return own

    def _nameless_id(self, found: Found, title: str | None, version: str) -> str:
        """An id for what has no identifier: from where it came; where that is no place of its own
        (files that are deposited have all kinds of names, often the same), from what it says."""
        if self._deposit.by:
            return f"{_slug(title or Path(found.location).stem)[:40].strip('-.')}-{version[:8]}"
        return _origin_slug(found)


def is_valid_id(given: str) -> bool:
    """Whether a source can have the id that somebody gives it."""
    return bool(_VALID_ID.fullmatch(given)) and is_valid_reference(given)


def _readable(identifier: str) -> str:
    key = identifier_key(identifier)
    if key:
        return f"{key[0]}-{key[1]}" if not key[1].startswith(key[0]) else key[1]
    return re.sub(r"^[a-z][a-z0-9+.-]*://", "", identifier, flags=re.IGNORECASE)


def _origin_slug(found: Found) -> str:
    """An id from where the source came from: its folder's or file's name and a short hash."""
    path = Path(found.location.replace("!/", "/"))
    name = path.parent.name if path.name == found.main and not found.bundle.only else path.stem
    if path.name.startswith("ro-crate-metadata"):
        name = path.parent.name
    return f"{_slug(name) or 'source'}-{_short_hash(str(Path(found.location).absolute()))}"


def _slug(text: str) -> str:
    """The text with all but letters, digits, and ``.``, ``_``, ``~``, ``-`` made a dash."""
    # what begins with ~ is somebody's, see kg_service.deposit
    slug = re.sub(r"[^A-Za-z0-9._~-]+", "-", text).strip("-.").lstrip("~")
    if len(slug) > _LONGEST_ID:
        slug = f"{slug[:_LONGEST_ID]}-{_short_hash(text)}"
    return slug or f"source-{_short_hash(segment(text))}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


@contextmanager
def _spooled(
    document: Document, iris: SourceIris, report: IngestReport
) -> Iterator[dict[GraphNames, Statements]]:
    """The statements of a source by graph, its main graph first. Raises SourceError, StoreError."""
    asserted: dict[GraphNames, Statements] = {iris.graphs(): Statements()}
    try:
        asserted[iris.graphs()].extend(document.triples(iris.entities, report.findings))
        if isinstance(document, Bundled):
            for bundle, triples in document.bundles(iris.entities, report.findings):
                asserted.setdefault(iris.graphs(bundle.value), Statements()).extend(triples)
        yield asserted
    finally:
        for statements in asserted.values():
            statements.close()


def _visibility(description: Description) -> Visibility:
    """Who may see a source: as it says; before the end of an embargo not everyone."""
    visibility = description.visibility or Visibility.PUBLIC
    until = description.visible_from or ""
    # ISO 8601 dates compare as text, also with a date that has a time after it
    if visibility is Visibility.PUBLIC and until > datetime.now(UTC).date().isoformat():
        return Visibility.RESTRICTED
    return visibility


def _unchanged(report: IngestReport, record: SourceRecord) -> IngestReport:
    report.outcome = Outcome.UNCHANGED
    report.asserted, report.derived = record.asserted, Derived(aligned=record.aligned)
    return report


def refusal(location: str, error: SourceError, format_name: str = "") -> IngestReport:
    """The report of what can not be taken."""
    return IngestReport(
        location=location,
        outcome=Outcome.REFUSED,
        format=format_name,
        error=str(error),
        error_code=error.code,
    )
