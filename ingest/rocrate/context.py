"""A crate's ``@context``, resolved without a network and cut to the terms that it uses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ingest.findings import Findings
from ingest.iri import has_scheme, valid_reference
from ingest.rocrate.path import SURROGATE
from ingest.rocrate.terms import UNDEFINED, context_for, conventional_iri, core_context

_KEYWORDS = ("@id", "@type", "@graph", "@value", "@list", "@set", "@language", "@reverse")


@dataclass(frozen=True, slots=True)
class Term:
    """How a property or type name is written for the processor, and what it does to values.

    ``repair`` is why it is written otherwise than in the crate: ``undefined``, ``invalid-iri``.
    ``refers``: text values are references. ``countable`` is false where the definition (a
    container, ``@json``) makes the number of statements depend on the processor. ``plain``:
    the name stands as it is and its values need no coercion.
    """

    name: str
    repair: str = ""
    refers: bool = False
    countable: bool = True
    plain: bool = True


@dataclass
class CrateContext:
    """What the terms of one crate mean. Filled by ``add``, then only asked.

    ``parts`` are the local contexts in order, for the JSON-LD processor; ``defined`` merges
    them; ``aliases`` are the terms that stand for a keyword (``id`` for ``@id``).
    """

    parts: list[Mapping[str, Any]] = field(default_factory=list)
    defined: dict[str, Any] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    vocab: str | None = None
    base: str = ""
    _terms: dict[str, Term] = field(default_factory=dict)
    _keywords: list[dict[str, Any]] = field(default_factory=list)

    def add(self, part: Mapping[str, Any]) -> None:
        self.parts.append(part)
        self._keywords.append({t: m for t, m in part.items() if t.startswith("@")})
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

    def term(self, term: str) -> Term:
        """How to write a property or type name."""
        known = self._terms.get(term)
        if known is None:
            known = self._terms[term] = self._look_up(term)
        return known

    def _look_up(self, term: str) -> Term:
        meaning = self.defined.get(term)
        name, repair = term, ""
        if term.startswith("@") or not self.defines(term):
            name, repair = term_iri(term), "undefined"
        elif term not in self.defined:
            name = valid_reference(term)
            repair = "" if name == term else "invalid-iri"
            if repair and ":" not in name and self.vocab is None:
                name, repair = term_iri(term), "undefined"
        if not isinstance(meaning, dict):
            return Term(name, repair, plain=not repair and term not in self.aliases)
        coerced = meaning.get("@type")
        countable = not (meaning.get("@container") or coerced == "@json" or "@reverse" in meaning)
        return Term(name, repair, coerced in ("@id", "@vocab"), countable, plain=False)

    def defines(self, term: str) -> bool:
        """Whether a JSON-LD processor finds a meaning for a property or type name."""
        return self.vocab is not None or self._is_absolute(term, set())

    def _is_absolute(self, term: str, seen: set[str]) -> bool:
        if term in seen:
            return False  # defined by itself
        seen.add(term)
        target = _target(self.defined.get(term, term)) or term
        if target != term and target in self.defined:
            return self._is_absolute(target, seen)
        prefix, colon, _rest = target.partition(":")
        if colon and prefix in self.defined:
            return self._is_absolute(prefix, seen)
        return bool(colon) and has_scheme(target)

    def used_part(self, used: Iterable[str]) -> list[dict[str, Any]]:
        """The contexts cut to the terms in ``used`` and what those are defined by.

        A processor need not read 3,000 terms for each crate.
        """
        needed: set[str] = set()
        waiting = [*used]
        while waiting:
            term = waiting.pop()
            if term not in needed:
                needed.add(term)
                waiting += (t for part in self.parts if term in part for t in _named(part[term]))
        cut: list[dict[str, Any]] = []
        for part, keywords in zip(self.parts, self._keywords, strict=True):
            kept = keywords | {t: part[t] for t in needed if t in part}
            if kept:
                cut.append(kept)
        return cut


def _target(meaning: Any) -> str | None:
    if isinstance(meaning, dict):
        meaning = meaning.get("@id", meaning.get("@reverse"))
    return meaning if isinstance(meaning, str) else None


def _named(meaning: Any) -> Iterator[str]:
    """The terms and prefixes that a definition itself uses."""
    texts = meaning.values() if isinstance(meaning, dict) else (meaning,)
    for text in texts:
        if isinstance(text, str):
            yield text
            yield text.partition(":")[0]
        elif isinstance(text, dict):  # a context of its own, scoped to the term
            for inner in text.values():
                yield from _named(inner)


def term_iri(term: str) -> str:
    """Where a term that the context leaves undefined is kept: its usual IRI, or our own."""
    return conventional_iri(term) or UNDEFINED + valid_reference(term).replace("#", "%23")


def resolve_context(context: Any, findings: Findings) -> CrateContext:
    """Resolve an ``@context`` value. Unknown contexts are warned of; a missing one is repaired.

    What comes back is shared between the crates that have this context: it is not to be changed.
    """
    text = json.dumps(context, ensure_ascii=False)
    if SURROGATE.search(text):
        findings.repaired("lone-surrogate", "$.@context", "replaced by U+FFFD")
        text = SURROGATE.sub("\ufffd", text)
    resolved, noticed = _resolve_text(text)
    findings.include(noticed)
    return resolved


@lru_cache(maxsize=64)
def _resolve_text(text: str) -> tuple[CrateContext, Findings]:
    context = json.loads(text)
    findings = Findings()
    resolved = CrateContext()
    if context is None:
        findings.repaired("no-context", "$", "no @context: read as RO-Crate 1.1")
        resolved.add(core_context("1.1"))
        return resolved, findings
    for index, part in enumerate(context if isinstance(context, list) else [context]):
        where = f"$.@context[{index}]" if isinstance(context, list) else "$.@context"
        if isinstance(part, str):
            _add_url(resolved, part, where, findings)
        elif isinstance(part, dict):
            _add_inline(resolved, part, where, findings)
        elif part is not None:
            findings.lost("context-part", where, f"neither an address nor an object: {part!r}")
    return resolved, findings


def _add_url(resolved: CrateContext, url: str, where: str, findings: Findings) -> None:
    known, remark = context_for(url)
    if known is None:
        findings.warned("unknown-context", where, f"{url} is not known and is not fetched")
        return
    if remark:
        findings.repaired("context-version", where, f"{url}: {remark}")
    resolved.add(known)


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
        elif isinstance(meaning, dict) and isinstance(named := meaning.get("@id"), str):
            kept[term] = (
                meaning if named.startswith("@") else {**meaning, "@id": valid_reference(named)}
            )
        elif meaning is None or isinstance(meaning, (str, dict)) or term.startswith("@"):
            kept[term] = meaning
        else:
            findings.lost("context-term", where, f"the meaning of {term!r} is no text or object")
    resolved.add(kept)
