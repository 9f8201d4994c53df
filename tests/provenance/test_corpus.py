"""Every genuine provenance document of the corpus is taken; nothing else is taken for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from provenance.running import quads

from ingest.bundle import Bundle, SingleFile
from ingest.discover import Found, discover
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings
from ingest.formats import FORMATS
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment

PROV = [fmt for fmt in FORMATS if fmt.name.startswith("prov-")]
SUFFIXES = {suffix for fmt in PROV for suffix in fmt.suffixes}
# files that their authors broke, or wrote against a draft of the notation
REFUSED = {
    "bad_typed_literal.json",
    "cff-sample.provn",
    "container0.provn",
    "container1.provn",
    "nipype-bet.provn",
    "primary.cwlprov_annotated.ttl",
    "primary.cwlprov_annotation.ttl",
}
# research objects' own JSON, contexts, forms of other programs, and what is broken on purpose
NOT_PROV = {
    "bad_record_shape.json",
    "context.jsonld",
    "foreign_vocabulary.ttl",
    "manifest.json",
    "not_json.json",
    "not_turtle.ttl",
    "not_well_formed.xml",
    "output.json",
    "primary-job.json",
    "primary-output.json",
    "test.json",
    "ti-sample-acquisition.json",
    "ti-sample-storage.json",
    "top_level_list.json",
    "top_level_scalar.json",
    "wrong_root.xml",
}


def candidates(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            yield path


def test_every_document_is_taken_or_refused_with_a_reason(corpus: Path) -> None:
    taken: Counter[str] = Counter()
    refused, others = set(), set()
    lost: Counter[str] = Counter()
    for path in candidates(corpus / "prov"):
        bundle = Bundle(SingleFile(path), only=path.name)
        fmt = next((f for f in PROV if f.is_file(Sniff(bundle, path.name))), None)
        if fmt is None:
            others.add(path.name)
            continue
        findings = Findings()
        try:
            statements = quads(fmt.read(bundle), findings)
        except SourceError:
            refused.add(path.name)
            continue
        taken[fmt.name] += 1
        assert statements or path.stat().st_size < 400, path
        lost.update({f.code: f.count for f in findings.of(FindingKind.LOSS)})
    assert refused == REFUSED
    assert others == NOT_PROV
    assert taken == {"prov-n": 215, "prov-json": 301, "prov-xml": 83, "prov-o": 143}
    # elements nested in an attribute of PROV-XML, in a document that breaks PROV's constraints
    assert lost == {"nested-xml": 2}


def test_nothing_else_of_the_corpus_is_taken_for_provenance(corpus: Path) -> None:
    taken = Counter(
        (top, found.format.name)
        for top in ("rocrate", "isa", "facility", "other")
        for folder in sorted((corpus / top).iterdir())
        for found in discover(folder)
        if isinstance(found, Found) and (found.format in PROV or found.format.name == "cwlprov")
    )
    # nanopublications
    assert set(taken) == {("other", "prov-o")}


def test_research_objects_are_one_source_each(corpus: Path, alignment: Alignment) -> None:
    folders = [p for p in (corpus / "prov").iterdir() if p.name.startswith("cwlprov")]
    sources = [s for folder in folders for s in discover(folder) if isinstance(s, Found)]
    assert {s.format.name for s in sources} == {"cwlprov"}
    assert len(sources) == 20
    for source in sources:
        findings = Findings()
        statements = quads(source.read(), findings)
        aligned = alignment.align([q.triple for q in statements], Findings())
        assert not aligned.unmapped, source.location
        assert {f.code for f in findings.of(FindingKind.LOSS)} <= {"provenance-file"}


def test_every_spelling_of_a_run_says_the_same(corpus: Path) -> None:
    """Engines wrote each run six times over; RDF of their day leaves out some binary forms."""
    primaries = sorted((corpus / "prov").rglob("primary.cwlprov.provn"))
    assert len(primaries) == 20
    for primary in primaries:
        said = {}
        for suffix in (".provn", ".json", ".xml", ".nt"):
            path = primary.with_suffix(suffix)
            bundle = Bundle(SingleFile(path), only=path.name)
            fmt = next(f for f in PROV if f.is_file(Sniff(bundle, path.name)))
            document = fmt.read(bundle)
            object.__setattr__(document, "name", "primary")
            said[suffix] = {
                # one engine writes a boolean as 1 in PROV-N alone; N-Triples have no bundles
                str(q.triple).replace(
                    '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>',
                    '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
                )
                for q in quads(document, Findings())
            }
        assert said[".provn"] == said[".json"] == said[".xml"], primary
        named = {line for line in said[".nt"] if "/genid/" not in line}
        assert len(named) > 20
        assert named <= said[".provn"], primary
