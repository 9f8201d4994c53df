"""Reading RO-Crate metadata (RO-Crate 1.0 to 1.4-DRAFT) into the triples that it states.

The file is read piece by piece: once to find its root, once to write its triples (a small one is
kept in between). Entities go to the JSON-LD processor in batches: memory does not grow with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.rocrate.bag import check_bag
from ingest.rocrate.context import resolve_context
from ingest.rocrate.metadata import (
    METADATA_NAMES,
    Metadata,
    is_metadata_name,
    look_through,
)
from ingest.rocrate.rewrite import Rewriter
from ingest.rocrate.root import Landmarks

_BATCH = 100  # entities; more gain nothing and hold more memory
_TRIPLE = attrgetter("triple")


def mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The metadata file of the crate that a folder is, and detached crates' files beside it.

    The newer name is taken where both are there. Detached ones alone do not make the folder a
    crate; they are recognised as single files.
    """
    attached = [name for name in METADATA_NAMES if name in names][:1]
    return attached and attached + [
        n for n in names if n not in METADATA_NAMES and is_metadata_name(n)
    ]


@dataclass(frozen=True)
class Crate:
    """A crate's metadata, read through once and found to have a root data entity."""

    metadata: Metadata
    description: Description
    noticed: Findings

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The crate's statements; see ``ingest.document.Document.triples``.

        Raises InvalidSource where entities are nested too deeply or a context is broken, and
        UnreadableSource where a large file is no JSON further down.
        """
        findings.include(self.noticed)
        where = self.metadata.where
        context = resolve_context(self.metadata.context, findings)
        rewriter = Rewriter(context, base, findings, where)
        lists = _NamedLists(base)
        made = 0
        for batch in _batches(self.metadata, rewriter, findings):
            triples = _parsed(batch, context.used_part(rewriter.used), base)
            try:
                for triple in triples:
                    made += 1
                    yield triple if rewriter.flat else lists.named(triple)
            except SyntaxError as error:
                raise InvalidSource(
                    f"no valid JSON-LD ({error.msg})", where=where, todo="correct its @context"
                ) from error
        if rewriter.countable and made < rewriter.statements:
            findings.lost(
                "dropped",
                where,
                "the JSON-LD processor kept fewer statements than the crate makes",
                rewriter.statements - made,
            )


def _batches(
    metadata: Metadata, rewriter: Rewriter, findings: Findings
) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for entity, path in metadata.entities(findings):
        batch += rewriter.rewritten(entity, path)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def _parsed(
    batch: list[dict[str, Any]], context: list[dict[str, Any]], base: str
) -> Iterator[Triple]:
    text = json.dumps({"@context": context, "@graph": batch}, ensure_ascii=False).encode()
    return map(_TRIPLE, parse(text, format=RdfFormat.STREAMING_JSON_LD, base_iri=base))


class _NamedLists:
    """Names for the blank nodes of lists: numbered, in the order in which they come."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._names: dict[str, NamedNode] = {}

    def named(self, triple: Triple) -> Triple:
        subject, term = triple.subject, triple.object
        return Triple(
            self._name(subject) if isinstance(subject, BlankNode) else subject,
            triple.predicate,
            self._name(term) if isinstance(term, BlankNode) else term,
        )

    def _name(self, node: BlankNode) -> NamedNode:
        if node.value not in self._names:
            name = f"{self._base}.well-known/genid/list-{len(self._names) + 1}"
            self._names[node.value] = NamedNode(name)
        return self._names[node.value]


def read(bundle: Bundle) -> Crate:
    """Read a crate. Raises UnreadableSource (no JSON) and InvalidSource (no crate, no root)."""
    name = bundle.main or METADATA_NAMES[0]
    noticed = Findings()
    landmarks = Landmarks(name)
    metadata = look_through(bundle, name, noticed, landmarks)
    others = [n for n in METADATA_NAMES if n != name and bundle.has(n)]
    if others and name in METADATA_NAMES:
        noticed.warned("two-metadata-files", metadata.where, f"{others[0]} beside it is not read")
    description = landmarks.describe(metadata, noticed)
    check_bag(bundle, name, noticed)
    return Crate(metadata, description, noticed)
