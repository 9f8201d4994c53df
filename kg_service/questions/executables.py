"""The questions as data: SHACL executables, as endpoints of the SIB describe their examples.

https://github.com/sib-swiss/sparql-examples: an example is a ``sh:SPARQLExecutable`` with its text
in ``sh:select``, its title in ``rdfs:comment``, the endpoint in ``schema:target``, and words in
``schema:keywords``. Editors of several endpoints ask each for these, and for the prefixes that are
declared (``sh:declare``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.questions.model import Question
from kg_service.terms import PREFIXES, RDF_TYPE, RDFS_LABEL, RDFS_NS, XSD_NS, dcterms

_SH = "http://www.w3.org/ns/shacl#"
_SCHEMA = "https://schema.org/"
_SPEX = "https://purl.expasy.org/sparql-examples/ontology#"
EXAMPLE_PREFIXES = {
    "sh": _SH, "rdfs": RDFS_NS, "schema": _SCHEMA, "spex": _SPEX, "xsd": XSD_NS,
    "dcterms": "http://purl.org/dc/terms/",
}  # fmt: skip
_ANY_URI = NamedNode(XSD_NS + "anyURI")
_ENGLISH = "en"
_WHERE = re.compile(r"^WHERE \{\n", re.MULTILINE)


def executables(questions: Iterable[Question], base: str) -> list[Triple]:
    """The examples of the endpoint ``{base}/sparql``, each at ``{base}/queries/{id}``.

    What must be given for an answer is bound in the text, where the question has an example of
    it, so that every text can be run as it stands.
    """
    told: list[Triple] = []
    prefixes = NamedNode(f"{base}/sparql-examples#prefixes")
    told.append(Triple(prefixes, RDF_TYPE, NamedNode("http://www.w3.org/2002/07/owl#Ontology")))
    for prefix, namespace in PREFIXES.items():
        declared = NamedNode(f"{base}/sparql-examples#prefix-{prefix}")
        told.append(Triple(prefixes, NamedNode(_SH + "declare"), declared))
        told.append(Triple(declared, NamedNode(_SH + "prefix"), Literal(prefix)))
        name = Literal(namespace, datatype=_ANY_URI)
        told.append(Triple(declared, NamedNode(_SH + "namespace"), name))
    for question in questions:
        told += _executable(question, base, prefixes)
    return told


def _executable(question: Question, base: str, prefixes: NamedNode) -> Iterable[Triple]:
    node = NamedNode(f"{base}/queries/{question.id}")
    yield Triple(node, RDF_TYPE, NamedNode(_SH + "SPARQLExecutable"))
    yield Triple(node, RDF_TYPE, NamedNode(_SH + "SPARQLSelectExecutable"))
    yield Triple(node, RDFS_LABEL, Literal(question.id))
    yield Triple(node, NamedNode(RDFS_NS + "comment"), Literal(question.summary, language=_ENGLISH))
    yield Triple(node, dcterms("description"), Literal(question.description, language=_ENGLISH))
    yield Triple(node, NamedNode(_SH + "select"), Literal(runnable(question, base)))
    yield Triple(node, NamedNode(_SCHEMA + "target"), NamedNode(f"{base}/sparql"))
    yield Triple(node, NamedNode(_SH + "prefixes"), prefixes)
    for tag in question.tags:
        yield Triple(node, NamedNode(_SCHEMA + "keywords"), Literal(tag))


def runnable(question: Question, base: str) -> str:
    """The text of a question without its header; what must be given is bound to an example."""
    lines = [line for line in question.text.splitlines() if not line.startswith("#+")]
    text = "\n".join(lines) + "\n"
    bound = "".join(
        f"  # an example: put the address of yours here\n  VALUES ?{p.name} {{ <{address}> }}\n"
        for p in question.required
        if p.address is not None and (address := urljoin(f"{base}/", p.address))
    )
    return _WHERE.sub(lambda found: found[0] + bound, text, count=1) if bound else text
