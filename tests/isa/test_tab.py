"""Reading ISA-Tab folders: which files are taken, and what is told of their oddities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from support import CASE_BASE

from ingest.bundle import Bundle, FolderFiles
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.isa import read_tab, tab_mains
from ingest.isa.document import IsaDocument
from ingest.isa.model import Annotation, Kind

STUDY = "Source Name\tProtocol REF\tSample Name\np1\tgrowth\tr1\n"
INVESTIGATION = "Study Identifier\tS1\nStudy File Name\ts_study.txt\nStudy Protocol Name\tgrowth\n"


@dataclass
class Folder:
    """Files written for one test."""

    path: Path

    def put(self, **files: str) -> Folder:
        for name, text in files.items():
            (self.path / f"{name}.txt").write_bytes(text.encode())
        return self

    def mains(self) -> list[str]:
        return tab_mains(
            Bundle(FolderFiles(self.path)), sorted(p.name for p in self.path.iterdir())
        )

    def read(self) -> IsaDocument:
        return read_tab(Bundle(FolderFiles(self.path), main=self.mains()[0]))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def codes(document: IsaDocument) -> list[str]:
    findings = Findings()
    list(document.triples(CASE_BASE, findings))
    return [f.code for f in findings]


def test_labels_without_section_headings_are_read(folder: Folder) -> None:
    document = folder.put(i_x=INVESTIGATION, s_study=STUDY).read()
    (study,) = document.investigation.studies
    assert study.identifier == "S1"
    assert codes(document) == []


def test_two_studies(folder: Folder) -> None:
    both = INVESTIGATION + "Study Identifier\tS2\nStudy File Name\ts_other.txt\n"
    document = folder.put(i_x=both, s_study=STUDY, s_other=STUDY).read()
    assert [s.key for s in document.investigation.studies] == ["S1", "S2"]
    assert document.description.identifier is None


def test_studies_of_one_identifier_are_kept_apart(folder: Folder) -> None:
    document = folder.put(i_x=INVESTIGATION + "STUDY\n" + INVESTIGATION, s_study=STUDY).read()
    assert [s.key for s in document.investigation.studies] == ["S1", "s_study"]
    assert "repeated-study" in codes(document)


def test_each_investigation_file_is_a_source(folder: Folder) -> None:
    folder.put(i_a=INVESTIGATION, i_b=INVESTIGATION, i_note="just a note", s_study=STUDY)
    assert folder.mains() == ["i_a.txt", "i_b.txt"]


def test_other_texts_with_such_names_are_no_isa(folder: Folder) -> None:
    assert folder.put(a_poem="Sample of a poem\n", s_list="milk\n", i_am="here\n").mains() == []


def test_tables_without_investigation_are_refused(folder: Folder) -> None:
    with pytest.raises(InvalidSource, match=r"s_study\.txt.*add the file i_\*\.txt"):
        folder.put(s_study=STUDY).mains()


def test_an_archive_accession_comes_before_a_placeholder(folder: Folder) -> None:
    text = "Investigation Identifier\tMOE\nInvestigation Title\tInvestigation\n"
    text += INVESTIGATION.replace("S1", "MTBLS1") + "Study Title\tReal title\n"
    description = folder.put(i_x=text, s_study=STUDY).read().description
    assert description.identifier == "MTBLS1"
    assert description.title == "Real title"


def test_the_licence_is_in_a_comment(folder: Folder) -> None:
    text = INVESTIGATION + "STUDY\nComment[License]\tCC0-1.0\n"
    assert folder.put(i_x=text, s_study=STUDY).read().description.licence == "CC0-1.0"


def test_an_empty_table_is_told(folder: Folder) -> None:
    assert "empty-table" in codes(folder.put(i_x=INVESTIGATION, s_study="").read())


def test_a_protocol_in_another_case_is_the_declared_one(folder: Folder) -> None:
    document = folder.put(i_x=INVESTIGATION, s_study=STUDY.replace("growth", "Growth")).read()
    assert document.investigation.studies[0].table.processes[0].protocol == "growth"
    assert codes(document) == ["protocol-name"]


def test_what_is_not_declared_is_added_and_told(folder: Folder) -> None:
    table = "Source Name\tProtocol REF\tSample Name\tFactor Value[dose]\np1\tother\tr1\t5\n"
    document = folder.put(i_x=INVESTIGATION, s_study=table).read()
    (study,) = document.investigation.studies
    assert [p.name for p in study.protocols] == ["growth", "other"]
    assert [f.name for f in study.factors] == ["dose"]
    assert codes(document) == ["undeclared-protocol", "undeclared-factor"]


def test_unknown_labels_and_columns_are_kept_as_comments(folder: Folder) -> None:
    text = INVESTIGATION + "STUDY\nStudy Mood\tgood\nWords\n"
    table = "Source Name\tColour\tProtocol REF\tSample Name\np1\tgreen\tgrowth\tr1\n"
    document = folder.put(i_x=text, s_study=table).read()
    study = document.investigation.studies[-1]
    assert [c.value for c in study.comments] == ["good"]
    source = document.investigation.studies[0].table.nodes[0]
    assert [(c.name, c.value) for c in source.comments] == [("Colour", "green")]
    assert {"unknown-label", "unknown-line", "unknown-column"} <= set(codes(document))


def test_lists_in_a_cell_are_divided(folder: Folder) -> None:
    text = INVESTIGATION + (
        "Study Protocol Parameters Name\ta;b;\n"
        "Study Protocol Parameters Name Term Accession Number\thttp://example.org/a;;\n"
    )
    (protocol,) = folder.put(i_x=text, s_study=STUDY).read().investigation.studies[0].protocols
    assert [(p.value, p.accession) for p in protocol.parameters] == [
        ("a", "http://example.org/a"),
        ("b", ""),
    ]


def test_a_label_of_an_unnamed_extract_is_said_of_the_process(folder: Folder) -> None:
    table = (
        "Source Name\tProtocol REF\tLabeled Extract Name\tLabel\tTerm Source REF\tSample Name\n"
        "p1\tgrowth\t\tCy3\tCHEBI\tr1\n"
    )
    document = folder.put(i_x=INVESTIGATION, s_study=table).read()
    (process,) = document.investigation.studies[0].table.processes
    assert [(c.name, c.value) for c in process.comments] == [
        ("Label", "Cy3"),
        ("Label Term Source REF", "CHEBI"),
    ]
    assert codes(document) == ["value-without-node"]


def test_acquisition_settings_do_not_join_what_is_measured(folder: Folder) -> None:
    table = (
        "Source Name\tProtocol REF\tAcquisition Parameter Data File\tAssay Name\tRaw Data File\n"
        "p1\tgrowth\tacqus\tn1\tn1.zip\np2\tgrowth\tacqus\tn2\tn2.zip\n"
    )
    document = folder.put(i_x=INVESTIGATION, s_study=table).read()
    processes = document.investigation.studies[0].table.processes
    assert [len(p.inputs) for p in processes if p.name == ""] == [1, 1]
    assert all("acqus" not in [r.name for r in p.inputs] for p in processes)
    assert sum("acqus" in [r.name for r in p.outputs] for p in processes) == 2


def test_a_unit_of_nothing_is_kept_as_a_unit_of_the_table(folder: Folder) -> None:
    table = (
        "Source Name\tCharacteristics[w]\tUnit\tTerm Source REF\tTerm Accession Number\t"
        "Protocol REF\tSample Name\np1\t\tg\tUO\tUO:21\tgrowth\tr1\n"
    )
    document = folder.put(i_x=INVESTIGATION, s_study=table).read()
    (finding,) = document.noticed
    assert (finding.kind, finding.code, finding.count) == ("repair", "unit-without-value", 3)
    assert finding.examples[0].where == "s_study.txt: row 2, column 2 (Characteristics[w])"
    (study,) = document.investigation.studies
    assert study.table.unit_categories == (Annotation("g", "UO", "UO:21"),)
    assert not any(node.characteristics for node in study.table.nodes)


def test_the_source_of_no_term_is_told(folder: Folder) -> None:
    table = (
        "Source Name\tCharacteristics[w]\tTerm Source REF\tProtocol REF\tSample Name\n"
        "p1\t\tUO\tgrowth\tr1\n"
    )
    (finding,) = folder.put(i_x=INVESTIGATION, s_study=table).read().noticed
    assert (finding.kind, finding.code) == ("warning", "source-without-term")


def test_files_are_one_over_all_assays(folder: Folder) -> None:
    text = INVESTIGATION + "Study Assay File Name\ta_one.txt\ta_two.txt\n"
    one = "Sample Name\tProtocol REF\tRaw Data File\nr1\tgrowth\tx.raw\n"
    two = "Raw Data File\tProtocol REF\tDerived Data File\nx.raw\tgrowth\tx.csv\n"
    document = folder.put(i_x=text, s_study=STUDY, a_one=one, a_two=two).read()
    assert [n.ref.name for n in document.investigation.files] == ["x.raw", "x.csv"]
    assert all(n.ref.kind is Kind.FILE for n in document.investigation.files)


def test_performers_are_the_contacts_they_name(folder: Folder) -> None:
    text = INVESTIGATION + "Study Person Last Name\tField\nStudy Person First Name\tAda\n"
    table = "Source Name\tProtocol REF\tPerformer\tSample Name\np1\tgrowth\tField, Ada; Bo\tr1\n"
    document = folder.put(i_x=text, s_study=table).read()
    performers = {
        str(t.object)
        for t in document.triples(CASE_BASE, Findings())
        if t.predicate.value.endswith("#performer")
    }
    assert performers == {f"<{CASE_BASE}person/Ada%20Field>", f"<{CASE_BASE}person/Bo>"}
