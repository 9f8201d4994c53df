"""Prefixes in scope, and what a qualified name stands for under them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.findings import Findings
from ingest.iri import has_scheme
from ingest.prov.model import PROV, XSD

# RDF's namespace of XML Schema ends in a hash; XML's own does not, and PROV files write both
_SPELLED = {XSD.rstrip("#"): XSD, PROV.rstrip("#"): PROV}


class UnknownPrefix(Exception):
    """A qualified name whose prefix nothing declares; translated where the place is known."""


@dataclass
class Namespaces:
    """The prefixes of a document or bundle; a bundle's scope has its document's as ``outer``.

    PROV-N section 3.7.1: ``prov`` and ``xsd`` are always declared and mean what they mean.
    """

    findings: Findings
    outer: Namespaces | None = None
    declared: dict[str, str] = field(default_factory=dict)

    def inner(self) -> Namespaces:
        """A scope within this one."""
        return Namespaces(self.findings, self)

    def declare(self, prefix: str, iri: str, where: str) -> None:
        """Bind a prefix; the empty one is the default namespace."""
        iri = _SPELLED.get(iri, iri)
        reserved = {"prov": PROV, "xsd": XSD}.get(prefix)
        if reserved is not None and iri != reserved:
            self.findings.repaired(
                "reserved-prefix", where, f"{prefix} means <{reserved}>, not <{iri}>"
            )
            iri = reserved
        self.declared[prefix] = iri

    def namespace(self, prefix: str) -> str | None:
        """The namespace of a prefix, None where it is not declared."""
        if prefix in self.declared:
            return self.declared[prefix]
        if self.outer is not None:
            return self.outer.namespace(prefix)
        return {"prov": PROV, "xsd": XSD}.get(prefix)

    def expand(self, name: str) -> str:
        """The IRI of a qualified name. Raises UnknownPrefix.

        A name whose prefix is not declared, but which is an IRI in full, stands for itself. One
        without a prefix, where no default namespace is declared, is a relative reference.
        """
        if name.startswith("_:"):
            return name
        prefix, colon, local = name.partition(":")
        if not colon:
            prefix, local = "", name
        namespace = self.namespace(prefix)
        if namespace is not None:
            return namespace + local
        if colon and has_scheme(name) and (local.startswith("//") or prefix in ("urn", "mailto")):
            return name
        if not colon:
            detail = "no prefix, and no default namespace: taken as relative to the source"
            self.findings.repaired("no-namespace", name, detail)
            return local
        raise UnknownPrefix(f"the prefix of {name!r} is not declared")
