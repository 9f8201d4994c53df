"""Laws of the ICAT reader: the order of a file does not matter, nor which form it has."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import CASE_BASE, lines

from ingest.bundle import Bundle, SingleFile
from ingest.errors import InvalidSource, SourceError
from ingest.findings import Findings
from ingest.icat import is_icat_dump, read
from ingest.icat.catalogue import Catalogue
from ingest.icat.keys import by_attributes, dotted, parse_unique, quoted
from ingest.icat.xml_file import read_xml
from ingest.icat.yaml_file import read_yaml
from ingest.sniff import Sniff

CASES = Path(__file__).parent / "cases"
HEAD = "%YAML 1.1\n# Generator: icatdump (test)\n"


def bundle(path: Path) -> Bundle:
    return Bundle(SingleFile(path), only=path.name)


def graph(path: Path) -> list[str]:
    return lines(set(read(bundle(path)).triples(CASE_BASE, Findings())))


def written(folder: Path, text: str, name: str = "dump.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@given(st.text(max_size=40))
def test_a_quoted_value_comes_back(text: str) -> None:
    value = text.encode("utf-8", errors="replace").decode()
    key = f"Sample_investigation-(name-{quoted(value)})_name-x"
    inner = by_attributes([("name", value)])
    assert parse_unique(key, "Sample") == by_attributes([("investigation", inner), ("name", "x")])


@given(st.text(alphabet="Sample_name-()=20A", max_size=60))
def test_any_text_is_a_key_or_not(text: str) -> None:
    parse_unique(text, "Sample")


def test_dotted_attributes_nest() -> None:
    reference = dotted(
        [("name", "d"), ("investigation.name", "i"), ("investigation.facility.ref", "f")]
    )
    assert str(reference) == "investigation=facility=f name=i name=d"


def test_both_forms_of_members_give_the_same_graph(tmp_path: Path) -> None:
    inline = HEAD + (
        "---\nparameterType:\n  ParameterType_1: {name: Probe}\n"
        "dataset:\n  Dataset_1:\n    name: d\n    parameters:\n"
        "    - {stringValue: neutron, type: ParameterType_1}\n"
    )
    separate = HEAD + (
        "---\nparameterType:\n  ParameterType_1: {name: Probe}\n"
        "dataset:\n  Dataset_1: {name: d}\n"
        "datasetParameter:\n- {stringValue: neutron, type: ParameterType_1, dataset: Dataset_1}\n"
    )
    assert graph(written(tmp_path, inline)) == graph(written(tmp_path, separate, "other.yaml"))


@pytest.mark.parametrize("case", ["small-dump", "job", "esrf-links"])
def test_the_order_of_sections_and_objects_does_not_matter(tmp_path: Path, case: str) -> None:
    original = CASES / case / "input" / "dump.yaml"
    text = original.read_text(encoding="utf-8")
    documents = list(yaml.load_all(text, Loader=yaml.BaseLoader))
    turned = [
        {tag: dict(reversed(objects.items())) for tag, objects in reversed(document.items())}
        for document in documents
    ]
    head = text.partition("---\n")[0]
    body = yaml.safe_dump_all(turned, sort_keys=False, explicit_start=True, default_style='"')
    released = body.replace('"releaseDate": "null"', '"releaseDate": null')
    assert graph(written(tmp_path, head + released)) == graph(original)


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    document = read(bundle(CASES / "small-dump" / "input" / "dump.xml"))
    first = list(document.triples(CASE_BASE, Findings()))
    assert list(document.triples(CASE_BASE, Findings())) == first


def test_every_dangling_reference_is_told(tmp_path: Path) -> None:
    users = "".join(f"    - user: User_{n}\n" for n in range(60))
    dump = written(tmp_path, f"{HEAD}---\ngrouping:\n  Grouping_1:\n    userGroups:\n{users}")
    with pytest.raises(InvalidSource, match="60 references") as caught:
        read(bundle(dump))
    assert "User_49" in str(caught.value)
    assert "and 10 more" in str(caught.value)


def test_a_facility_that_is_not_in_the_dump_is_no_fault(tmp_path: Path) -> None:
    body = "investigation:\n  Investigation_1:\n    name: a\n    facility: Facility_name-L\n"
    found = graph(written(tmp_path, f"{HEAD}---\n{body}"))
    assert any('Facility/name-L> <https://w3id.org/kg-service/icat#name> "L"' in x for x in found)


@pytest.mark.parametrize(
    "text",
    [
        "repos:\n- repo: https://git.example/hooks\n",
        "users:\n  meitner:\n    name: lab/meitner\n",
        "user:\n  meitner:\n    name: lab/meitner\n",
        "openapi: 3.0.0\ninfo:\n  title: ICAT\n",
        '{"dataset": {"Dataset_1": {}}}',
        "",
    ],
)
def test_what_is_no_dump(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    assert not is_icat_dump(Sniff(bundle(path), path.name))


@pytest.mark.parametrize(
    "text",
    [
        "dataset:\n  Dataset_1:\n    name: a\n",
        "# Generator: icatdump (python-icat 0.13)\n---\n",
        "# ICAT-API: 6.0\n---\ndataset:\n  one:\n    name: a\n",
    ],
)
def test_what_is_a_dump(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    assert is_icat_dump(Sniff(bundle(path), path.name))


def test_a_facilitys_own_root_element(tmp_path: Path) -> None:
    text = (
        "<lightingest><head><generator>writer</generator></head>"
        "<data><dataset id='a'><name>d</name></dataset></data></lightingest>"
    )
    path = written(tmp_path, text, "metadata.xml")
    assert is_icat_dump(Sniff(bundle(path), path.name))
    other = written(tmp_path, text.replace("dataset", "invoice"), "other.xml")
    assert not is_icat_dump(Sniff(bundle(other), other.name))


BROKEN = [
    "a: [" * 5000,
    "dataset: 5",
    "- 1\n- 2",
    "dataset:\n  Dataset_1: [[[1]]]\n",
    "dataset:\n  ? [a, b]\n  : {name: x}\n",
    "dataset:\n  Dataset_1:\n    ? {a: b}\n    : x\n",
    "dataset:\n  Dataset_1:\n    sample: {name: {a: b}}\n    parameters: [[1]]\n",
    "dataset:\n  Dataset_1:\n    parameters: {type: {name: [1]}}\n",
    "dataset:\n  Dataset_1: {sample: {dataset: {sample: {dataset: {name: x}}}}}\n",
    "dataset:\n  Dataset_1: {a: *b}\n",
    "dataset:\n  Dataset_1:\n    <<: {a: b}\n    'x y': 1\n    '': 2\n",
    "dataset:\n  Dataset_1:\n    datasets: [{datasets: [{}]}]\n",
    "\x00",
    "\u0085" * 3,
    "%YAML 3.0\n---\nuser: 1",
]


@pytest.mark.parametrize("text", BROKEN)
def test_only_source_errors_leave_the_reader(tmp_path: Path, text: str) -> None:
    try:
        graph(written(tmp_path, HEAD.replace("%YAML 1.1\n", "") + "---\n" + text))
    except SourceError as error:
        assert len(str(error)) < 1000  # noqa: PT017
    with suppress(SourceError):
        graph(written(tmp_path, text))


BROKEN_XML = [
    "<icatdata>" + "<data>" * 5000,
    "<icatdata><data><dataset>text<a>x</a>tail</dataset></data></icatdata>",
    "<icatdata><data><sampleRef/><sampleRef id='a' name='b'><c/></sampleRef></data></icatdata>",
    "<icatdata><data><dataset><sample dataset.sample.name='a'/></dataset></data></icatdata>",
    "<icatdata><data><dataset><sample/><sample>x</sample></dataset></data></icatdata>",
    "<icatdata><data><dataset><sample ref='a'>x</sample></dataset></data></icatdata>",
    "<icatdata><head><date>x</date><more><y/></more></head><other/></icatdata>",
    "<icatdata xmlns='urn:x'><data><dataset a='b'/></data></icatdata>",
    "<icatdata><data><dataset><name lang='en'>d</name></dataset></data></icatdata>",
    "<?xml version='1.0' encoding='nonsense'?><icatdata/>",
    "<!DOCTYPE icatdata SYSTEM 'file:///etc/passwd'><icatdata><data/></icatdata>",
    "<icatdata/>",
]


@pytest.mark.parametrize("text", BROKEN_XML)
def test_only_source_errors_leave_the_xml_reader(tmp_path: Path, text: str) -> None:
    try:
        graph(written(tmp_path, text, "dump.xml"))
    except SourceError as error:
        assert len(str(error)) < 1000  # noqa: PT017


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    for reading in (read_xml, read_yaml):
        with suppress(SourceError):
            Catalogue.of(reading(content, "x"), "x")
