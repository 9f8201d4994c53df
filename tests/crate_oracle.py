"""An independent JSON-LD expansion of a crate (by rdflib), and the comparison with ours.

A difference is allowed only where a finding of the report names the place: the node, and the
property of it, that the statement comes from.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urljoin

import rdflib
from pyoxigraph import Literal, NamedNode, Triple
from support import CASE_BASE, CORPUS

from ingest.findings import FindingKind, Findings

VOCABULARIES = CORPUS.parent / "vocabularies"
GENID = CASE_BASE + ".well-known/genid/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_CORE = re.compile(
    r"https?://(?:w3id\.org/ro/crate|researchobject\.github\.io/ro-crate"
    r"|raw\.githubusercontent\.com/ResearchObject/ro-crate/master/docs)"
    r"/([0-9.]+(?:-DRAFT)?)(?:/context)?(?:\.json|\.jsonld)?/?"
)
CRATE = "https://w3id.org/ro/crate"
_TERMS = re.compile(r"https?://w3id\.org/ro/terms/([a-z-]+)(?:/context)?[#/]?")
_SCHEMA = re.compile(r"https?://schema\.org/?")
_STEP = re.compile(r"\[(\d+)\]|\.((?:[^.\[]|\[(?!\d+\]))+)")

Term = tuple[str, ...]
"""("iri", IRI), ("text", lexical form, datatype, language) or ("blank", label)."""
Statement = tuple[Term, str, Term]


# --- the oracle's side ----------------------------------------------------------------------


def published(url: str) -> Any:
    """The published context of an address, without the null base of 1.0; None if unknown."""
    if match := _CORE.fullmatch(url):
        wanted = match[1]
        name = next(
            (
                n
                for n in (wanted, wanted.removesuffix("-DRAFT"), ".".join(wanted.split(".")[:2]))
                if (VOCABULARIES / f"ro-crate-{n}.jsonld").is_file()
            ),
            "1.0" if wanted.startswith("0.") else "1.3",
        )
        path = VOCABULARIES / f"ro-crate-{name}.jsonld"
    elif _SCHEMA.fullmatch(url):
        newest = published(f"{CRATE}/1.3/context") or {}
        return {t: i for t, i in newest.items() if i == f"http://schema.org/{t}"}
    elif match := _TERMS.fullmatch(url):
        path = VOCABULARIES / f"ro-terms-{match[1]}.json"
    else:
        return None
    if not path.is_file():
        return None
    return json.loads(path.read_text(encoding="utf-8"))["@context"]


def inlined(given: Any, document: Any) -> list[dict[str, Any]]:
    """The contexts as published, cut to the words of the document: rdflib is slow in them.

    No context at all is read as that of 1.1, as our report says; an unknown one as empty.
    """
    words = set(_words(document))
    parts: list[dict[str, Any]] = []
    for part in given if isinstance(given, list) else [given or f"{CRATE}/1.1/context"]:
        if isinstance(part, str):
            whole = published(part) or {}
            parts.append({t: m for t, m in whole.items() if t in words and t != "@base"})
        elif isinstance(part, dict):
            parts.append({t: m for t, m in part.items() if (t, m) != ("@base", None)})
    return parts


def _inlined_within(value: Any, document: Any) -> Any:
    """The same for contexts of single entities."""
    if isinstance(value, list):
        return [_inlined_within(v, document) for v in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inlined(inner, document) if key == "@context" else _inlined_within(inner, document)
        for key, inner in value.items()
    }


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _words(key)
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield value
        yield value.partition(":")[0]


def expanded(document: dict[str, Any], context: list[dict[str, Any]]) -> set[Statement]:
    """The statements that rdflib finds."""
    document = {k: _inlined_within(v, document) for k, v in document.items() if k != "@context"}
    text = json.dumps({"@context": context, **document})
    graph = rdflib.Dataset(default_union=True)
    graph.parse(data=text, format="json-ld", base=CASE_BASE)
    words = set(_words(document))
    quads = graph.quads()
    return {(_theirs(s, words), str(p), _theirs(o, words)) for s, p, o, _graph in quads}


def _theirs(term: Any, words: set[str]) -> Term:
    if isinstance(term, rdflib.BNode):
        # both sides keep the names that a crate itself gives to blank nodes
        return ("iri", f"_:{term}") if f"_:{term}" in words else ("blank", str(term))
    if isinstance(term, rdflib.Literal):
        kind = str(term.datatype or "")
        return _literal(str(term), kind, term.language or "")
    # rdflib leaves '#https://x' unresolved, as if it had a scheme
    return ("iri", CASE_BASE + str(term) if term.startswith("#") else str(term))


# --- our side -------------------------------------------------------------------------------


def stated(triples: Iterable[Triple], document: dict[str, Any]) -> set[Statement]:
    """Our statements; names that stand for blank nodes are such again."""
    words = set(_words(document))
    return {(_ours(t.subject, words), t.predicate.value, _ours(t.object, words)) for t in triples}


def _ours(term: Any, words: set[str]) -> Term:
    if isinstance(term, Literal):
        kind = term.datatype.value
        return _literal(term.value, kind, term.language or "")
    assert isinstance(term, NamedNode), f"a blank node: {term}"
    if term.value.startswith(GENID):
        own = "_:" + unquote(term.value.removeprefix(GENID))
        if own in words:
            return ("iri", own)
        return ("blank", term.value)
    return ("iri", term.value)


def _literal(text: str, kind: str, language: str) -> Term:
    if language or kind in ("", _XSD + "string"):
        return ("text", text, "", language.lower())
    if kind == _XSD + "double":
        number = float(text.replace("INF", "inf"))
        text = repr(number) if math.isfinite(number) else str(number)
        if number == int(number) if math.isfinite(number) else False:
            return ("text", str(int(number)), _XSD + "integer", "")
    return ("text", text, kind, "")


# --- comparison -----------------------------------------------------------------------------


def labelled(statements: set[Statement]) -> Counter[Statement]:
    """The statements with each blank node labelled by all that is said around it."""
    around: dict[Term, list[tuple[int, str, Term]]] = defaultdict(list)
    for s, p, o in statements:
        if s[0] == "blank":
            around[s].append((0, p, o))
        if o[0] == "blank":
            around[o].append((1, p, s))
    label = dict.fromkeys(around, "")

    def shown(term: Term) -> Term:
        return ("blank", label[term]) if term in label else term

    for _round in range(8 if around else 0):
        label = {
            node: hashlib.sha256(
                repr(sorted((d, p, shown(t)) for d, p, t in said)).encode("utf-8", "replace")
            ).hexdigest()
            for node, said in around.items()
        }
    return Counter((shown(s), p, shown(o)) for s, p, o in statements)


class Excuses:
    """The places that a report names, as nodes and properties of them."""

    def __init__(
        self, document: dict[str, Any], context: list[dict[str, Any]], findings: Findings
    ) -> None:
        self._context = {t: m for part in context for t, m in part.items()}
        self._whole: set[str] = set()
        self._some: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._unnamed = False
        for kind in (FindingKind.REPAIR, FindingKind.LOSS):
            for finding in findings.of(kind):
                for example in finding.examples:
                    self._excuse(document, example.where, finding.code)

    def _excuse(self, document: dict[str, Any], where: str, code: str) -> None:
        holders: list[tuple[dict[str, Any], str]] = []
        value: Any = document
        for index, key in _STEP.findall(where.removeprefix("$")):
            if index and isinstance(value, list):
                value = value[int(index)] if int(index) < len(value) else None
            elif isinstance(value, dict):
                if "@value" not in value and value is not document:
                    holders.append((value, key))
                value = value.get(key)
        if code in ("undefined-property", "value-object"):
            # without the property all that is nested in it is out of rdflib's sight
            self._excuse_all(value)
        if code == "invalid-iri" and where.endswith(".@id") and holders:
            # nor does it see a node, and what is nested in it, if its name is no IRI
            self._excuse_all(holders[-1][0])
        whole = bool(holders) and isinstance(value, dict)
        if whole and isinstance(value, dict) and not {"@value", "@list", "@set"} & value.keys():
            holders.append((value, "@id"))
        of: list[str] = []  # the names of the node that was changed, where it has one
        while holders:
            node, key = holders.pop()
            given = node.get("@id", node.get("id"))
            names = [n for n in _listed(given) if n is not None]
            spellings = [spelling for name in names for spelling in self._spellings(name)]
            for spelling in spellings:
                if key in ("@id", "id"):
                    self._whole.add(spelling)
                else:
                    self._some[spelling].update(
                        (predicate, term)
                        for predicate in self._predicates(key)
                        for term in of or [""]
                    )
            if not names:
                self._unnamed = True
            elif key not in ("@id", "id"):
                break  # the nodes around it are as they were
            of = spellings

    def _excuse_all(self, value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                self._excuse_all(item)
        elif isinstance(value, dict) and len(value) > 1 and "@value" not in value:
            name = value.get("@id", value.get("id"))
            self._unnamed = self._unnamed or name is None
            self._whole.update(self._spellings(name))
            for inner in value.values():
                self._excuse_all(inner)

    def _spellings(self, name: Any) -> Iterator[str]:
        name = str(name)
        prefix, _, rest = name.partition(":")
        meaning = self._context.get(prefix)
        if isinstance(meaning, str):
            yield _plain(meaning + rest)
        yield _plain(name)
        yield _plain(CASE_BASE + name)
        try:
            yield _plain(urljoin(CASE_BASE, name))
        except ValueError:
            return

    def _predicates(self, key: str) -> set[str]:
        if key == "@type" or self._context.get(key) == "@type":
            return {TYPE}
        meaning = self._context.get(key)
        if isinstance(meaning, dict):
            meaning = meaning.get("@id")
        return {
            _plain(key),
            re.split(r"[:/#]", key)[-1],
            *([meaning] if isinstance(meaning, str) else []),
        }

    def cover(self, statement: Statement) -> bool:
        """Whether a difference is where the report says that something was done."""
        subject, predicate, term = statement
        if "blank" in (subject[0], term[0]) and self._unnamed:
            return True
        name = _plain(subject[-1])
        if name in self._whole:
            return True
        local = _plain(re.split(r"[/#]", predicate)[-1])
        return any(
            (p, o) in self._some.get(name, set())
            for p in (predicate, local, _plain(predicate))
            for o in ("", _plain(term[1]))
        )


def _plain(iri: str) -> str:
    return unquote(iri)


def differences(
    ours: set[Statement], theirs: set[Statement], excuses: Excuses
) -> tuple[list[Statement], list[Statement]]:
    """What we lack and what we have too much, without what the report covers."""
    mine, other = labelled(ours), labelled(theirs)
    return (
        [s for s in other - mine if not excuses.cover(s)],
        [s for s in mine - other if not excuses.cover(s)],
    )


def document_of(text: str) -> Any:
    """The JSON, with both values of a key that stands twice."""

    def both(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found and found[key] != value:
                value = [*_listed(found[key]), *_listed(value)]
            found[key] = value
        return found

    return json.loads(text, object_pairs_hook=both, parse_constant=str)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
