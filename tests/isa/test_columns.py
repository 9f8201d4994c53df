"""Headings of ISA-Tab tables, and the steps that they make."""

from __future__ import annotations

import pytest

from ingest.isa.columns import Role, classify, columns
from ingest.isa.layout import NodeStep, ProcessStep, layout
from ingest.isa.model import Kind


@pytest.mark.parametrize(
    ("heading", "role", "name"),
    [
        ("Source Name", Role.MATERIAL, "Source Name"),
        ("  sample   NAME ", Role.MATERIAL, "sample NAME"),
        ("Labelled Extract Name", Role.MATERIAL, "Labelled Extract Name"),
        ("raw data file", Role.FILE, "Raw Data File"),
        ("Odd Data File", Role.FILE, "Odd Data File"),
        ("Protocol REF", Role.PROTOCOL, "Protocol REF"),
        ("MS Assay Name", Role.PROCESS_NAME, ""),
        ("data transformation name", Role.PROCESS_NAME, "Data Transformation Name"),
        ("Characteristics [ organism ]", Role.CHARACTERISTIC, "organism"),
        ("Characteristics[region (a,[b])]", Role.CHARACTERISTIC, "region (a,[b])"),
        ("Parameter Value[open", Role.PARAMETER, "open"),
        ("Factor  Value [dose]", Role.FACTOR, "dose"),
        ("COMMENT[x]", Role.COMMENT, "x"),
        ("Unit [TimeUnit]", Role.UNIT, "TimeUnit"),
        ("Term Source Ref", Role.TERM_SOURCE, "Term Source Ref"),
        ("material type", Role.CHARACTERISTIC, "Material Type"),
        ("Array Design REF", Role.PARAMETER, "Array Design REF"),
        ("Provider", Role.COMMENT, "Provider"),
        (" ", Role.UNNAMED, ""),
    ],
)
def test_headings(heading: str, role: Role, name: str) -> None:
    assert classify(heading)[:2] == (role, name)


def test_qualifiers_belong_to_the_value_or_to_its_unit() -> None:
    (value,) = columns(["Parameter Value[t]", "Unit", "Term Source REF", "Term Accession Number"])
    assert (value.unit, value.unit_source, value.unit_accession) == (1, 2, 3)
    assert (value.source, value.accession) == (None, None)


def test_a_qualifier_of_nothing_becomes_a_comment() -> None:
    read = columns(["Protocol REF", "Term Source REF", "Date"])
    assert [(c.role, c.name) for c in read] == [
        (Role.PROTOCOL, "Protocol REF"),
        (Role.COMMENT, "Protocol REF Term Source REF"),
        (Role.DATE, "Date"),
    ]


def steps(*headings: str) -> list[str]:
    """Steps in short: nodes by heading, processes by protocol and name columns."""
    made = []
    for step in layout(columns(headings)).steps:
        if isinstance(step, NodeStep):
            made.append(step.column.name)
        else:
            assert isinstance(step, ProcessStep)
            made.append("P" * bool(step.protocol) + "N" * bool(step.name))
    return made


SAMPLE, RAW, DERIVED = "Sample Name", "Raw Data File", "Derived Data File"


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ([SAMPLE, "Protocol REF", "Assay Name", RAW], [SAMPLE, "PN", RAW]),
        ([SAMPLE, "Assay Name", "Protocol REF", RAW], [SAMPLE, "PN", RAW]),
        (["Protocol REF", "Protocol REF", SAMPLE], ["P", "P", SAMPLE]),
        (["Protocol REF", "Assay Name", "Protocol REF", RAW], ["PN", "P", RAW]),
        (["Protocol REF", "Normalization Name", "MS Assay Name"], ["PN", "N"]),
        (["Scan Name", "Protocol REF", "Data Transformation Name"], ["N", "PN"]),
        ([RAW, "Normalization Name", DERIVED], [RAW, "N", DERIVED]),
    ],
)
def test_steps(headings: list[str], expected: list[str]) -> None:
    assert steps(*headings) == expected


def test_files_side_by_side_come_from_one_process_unless_one_is_derived_from_the_other() -> None:
    made = layout(
        columns(["Raw Data File", "Image File", "Derived Data File", "Protein Assignment File"])
    )
    assert made.joint == {1, 3}


def test_columns_describe_the_step_before_them() -> None:
    made = layout(
        columns(
            [
                "Source Name",
                "Characteristics[a]",
                "Protocol REF",
                "Parameter Value[p]",
                "Comment[c]",
                "Sample Name",
                "Comment[d]",
                "Factor Value[f]",
            ]
        )
    )
    source, process, sample = made.steps
    assert isinstance(source, NodeStep)
    assert isinstance(process, ProcessStep)
    assert isinstance(sample, NodeStep)
    assert [c.name for c in source.characteristics] == ["a"]
    assert [c.name for c in process.parameters + process.comments] == ["p", "c"]
    assert [c.name for c in sample.comments] == ["d"]
    assert [(c.name, near) for c, near in made.factors] == [("f", 2)]
    assert sample.kind is Kind.SAMPLE


def test_a_parameter_that_stands_apart_belongs_to_the_process_before() -> None:
    made = layout(columns(["Protocol REF", "Sample Name", "Parameter Value[p]"]))
    assert [c.name for c in made.misplaced] == ["p"]
    assert isinstance(made.steps[0], ProcessStep)
    assert [c.name for c in made.steps[0].parameters] == ["p"]
