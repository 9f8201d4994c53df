"""A crate's ``@context``, resolved without a network and cut to the terms that it uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingest.findings import Findings
from ingest.iri import has_scheme, valid_reference
from ingest.rocrate.terms import UNDEFINED, context_for, conventional_iri, core_context

_KEYWORDS = ("@id", "@type", "@graph", "@value", "@list", "@set", "@language", "@reverse")


@dataclass
class CrateContext:
    """What the terms of one crate mean.

    ``parts`` are the local contexts in order, for the JSON-LD processor; ``defined`` merges
    them; ``aliases`` are the terms that stand for a keyword (``id`` for ``@id``).
    """

    parts: list[dict[str, Any]] = field(default_factory=list)
    defined: dict[str, Any] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    vocab: str | None = None
    base: str = ""

    def add(self, part: dict[str, Any]) -> None:
        self.parts.append(part)
        for term, meaning in part.items():
            target = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if term == "@vocab":
                self.vocab = meaning if isinstance(meaning, str) else None
            elif term == "@base":
                self.base = meaning if isinstance(meaning, str) else self.base
            elif term.startswith("@"):
                continue
            elif target in _KEYWORDS:
                self.aliases[term] = target
            elif target is None and not isinstance(meaning, dict):
                self.defined.pop(term, None)
            else:
                self.defined[term] = meaning

    def defines(self, term: str) -> bool:
        """Whether a JSON-LD processor finds a meaning for a property or type name."""
        if self.vocab is not None:
            return True
        meaning = self.defined.get(term, term)
        target = (
            meaning.get("@id", meaning.get("@reverse")) if isinstance(meaning, dict) else meaning
        )
        if not isinstance(target, str):
            target = term
        if target != term and target in self.defined:
            return self.defines(target)
        prefix, colon, _rest = target.partition(":")
        return bool(colon) and (prefix in self.defined or has_scheme(target))

    def used_part(self, used: set[str]) -> list[dict[str, Any]]:
        """The contexts cut to the terms in ``used``: a processor need not read 3,000 terms."""
        cut: list[dict[str, Any]] = []
        for part in self.parts:
            kept = {t: m for t, m in part.items() if t.startswith("@") or t in used}
            if kept:
                cut.append(kept)
        return cut


def term_iri(term: str) -> str:
    """Where a term that the context leaves undefined is kept: its usual IRI, or our own."""
    return conventional_iri(term) or UNDEFINED + valid_reference(term).replace("#", "%23")


def resolve_context(context: Any, findings: Findings) -> CrateContext:
    """Resolve an ``@context`` value. Unknown contexts are warned of; a missing one is repaired."""
    resolved = CrateContext()
    if context is None:
        findings.repaired("no-context", "$", "no @context: read as RO-Crate 1.1")
        resolved.add(dict(core_context("1.1")))
        return resolved
    for index, part in enumerate(context if isinstance(context, list) else [context]):
        where = f"$.@context[{index}]" if isinstance(context, list) else "$.@context"
        if isinstance(part, str):
            _add_url(resolved, part, where, findings)
        elif isinstance(part, dict):
            _add_inline(resolved, part, where, findings)
        elif part is not None:
            findings.lost("context-part", where, f"neither an address nor an object: {part!r}")
    return resolved


def _add_url(resolved: CrateContext, url: str, where: str, findings: Findings) -> None:
    known, remark = context_for(url)
    if known is None:
        findings.warned("unknown-context", where, f"{url} is not known and is not fetched")
        return
    if remark:
        findings.repaired("context-version", where, f"{url}: {remark}")
    resolved.add(dict(known))


def _add_inline(
    resolved: CrateContext, part: dict[str, Any], where: str, findings: Findings
) -> None:
    kept: dict[str, Any] = {}
    for term, meaning in part.items():
        if term == "@base" and meaning is None:
            # RO-Crate 1.0 contexts do so; relative ids would then be no IRIs at all
            findings.repaired("null-base", where, "@base null ignored, ids resolve in the source")
        elif term == "@import" or (term == "@context"):
            findings.warned("context-import", where, f"{term} in a context is not followed")
        elif isinstance(meaning, str) and not term.startswith("@"):
            kept[term] = valid_reference(meaning) if not meaning.startswith("@") else meaning
        elif meaning is None or isinstance(meaning, (str, dict)) or term.startswith("@"):
            kept[term] = meaning
        else:
            findings.lost("context-term", where, f"the meaning of {term!r} is no text or object")
    resolved.add(kept)
