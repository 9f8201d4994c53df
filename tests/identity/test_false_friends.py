"""What looks the same and is not: none of it may ever join two things."""

from __future__ import annotations

import hashlib

import pytest
from identity.things import Source, iri, joined, same

from kg_service.identity.evidence import Policy
from kg_service.identity.matches import MOST_SHARED

DIGEST = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
MD5 = hashlib.md5(b"some content", usedforsecurity=False).hexdigest()


def apart(one: Source, other: Source, first: str = "x", second: str = "y") -> None:
    """No policy that needs evidence joins a thing of one source with a thing of another."""
    store = joined({"a": one, "b": other})
    for policy in (Policy.STRICT, Policy.DEFAULT):
        found = same(store, iri("a", first), policy)
        assert iri("b", second).value.removeprefix("http://kg.test/source/") not in found
        assert same(store, iri("b", second), policy).isdisjoint({f"a/{first}"})


@pytest.mark.parametrize("content", ["", "\n", "{}", "{}\n", "0", "null\n"])
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_trivial_contents(content: str, algorithm: str) -> None:
    digest = hashlib.new(algorithm, content.encode()).hexdigest()
    apart({"x": {"a": "File", algorithm: digest}}, {"y": {"a": "File", algorithm: digest}})


def test_a_file_of_a_few_bytes() -> None:
    told = {"a": "File", "sha256": DIGEST}
    apart({"x": {**told, "size": "3"}}, {"y": told})


def test_identical_logs_by_the_hundred() -> None:
    log = {"a": "File", "sha256": DIGEST, "size": "4000"}
    apart({f"log{n}": log for n in range(MOST_SHARED)}, {"y": log}, "log0")
    few = joined({"a": {f"log{n}": log for n in range(MOST_SHARED - 1)}, "b": {"y": log}})
    assert len(same(few, iri("b", "y"))) == MOST_SHARED - 1


def test_results_of_two_runs_that_coincide() -> None:
    result = {"a": "File", "sha256": DIGEST}
    one: Source = {
        "x": {**result, "made_by": "run1"},
        "z": result,
        "folder": {"made_by": "run2", "member": "z"},
    }
    apart(one, {"y": result})
    assert same(joined({"a": one}), iri("a", "x")) == set()


@pytest.mark.parametrize("copy", [{}, {"made_by": "run1"}, {"made_by": "whole"}])
def test_a_copy_of_a_result_is_the_same(copy: dict[str, str]) -> None:
    result = {"a": "File", "sha256": DIGEST}
    one: Source = {
        "x": {**result, "made_by": ("run1", "whole")},
        "z": {**result, **copy},
        "whole": {"a": "WorkflowRun"},
    }
    store = joined({"a": one, "b": {"y": result}})
    assert same(store, iri("a", "x")) == {"a/z", "b/y"}


def test_the_same_md5_of_another_size() -> None:
    apart(
        {"x": {"a": "File", "md5": MD5, "size": "4000"}},
        {"y": {"a": "File", "md5": MD5, "size": "4001"}},
    )


def test_the_same_md5_with_another_sha256() -> None:
    apart(
        {"x": {"a": "File", "md5": MD5, "sha256": DIGEST}},
        {"y": {"a": "File", "md5": MD5, "sha256": DIGEST[::-1]}},
    )


def test_the_same_sample_name_in_two_laboratories() -> None:
    apart({"x": {"a": "Sample", "label": "sample 1"}}, {"y": {"a": "Sample", "label": "sample 1"}})


def test_the_same_local_path_at_two_facilities() -> None:
    apart(
        {"x": {"a": "Dataset", "location": "/data/visitor/1", "facility": "ELS"}},
        {"y": {"a": "Dataset", "location": "/data/visitor/1", "facility": "other"}},
    )


def test_a_local_path_at_no_facility() -> None:
    told = {"a": "Dataset", "location": "/data/visitor/1"}
    apart({"x": told}, {"y": told})


@pytest.mark.parametrize(
    "location",
    ["", "/", ".", "./", "/data", "data/raw/x.h5", "../x/y", "/../..", "C:\\", "file:///", "//",
     "https://data.example/", "https://data.example", "http://localhost/a/b.h5", "unknown", "n/a"],
)  # fmt: skip
def test_trivial_locations(location: str) -> None:
    told = {"a": "File", "location": location, "facility": "ELS"}
    apart({"x": told}, {"y": told})


def test_a_file_that_was_replaced_in_its_place() -> None:
    place = {"a": "File", "location": "/data/x/f.h5", "facility": "ELS"}
    apart({"x": {**place, "md5": MD5}}, {"y": {**place, "md5": MD5[::-1]}})


def test_several_datasets_of_one_source_in_one_folder() -> None:
    place = {"a": "Dataset", "location": "/data/visitor/1", "facility": "ELS"}
    apart({"x": place, "z": place}, {"y": place})


def test_a_dataset_and_the_file_in_its_place() -> None:
    place = {"location": "/data/visitor/1.h5", "facility": "ELS"}
    apart({"x": {"a": "Dataset", **place}}, {"y": {"a": "File", **place}})


@pytest.mark.parametrize("kinds", [("Dataset", "Sample"), ("Dataset", "File"), ("File", "Sample")])
def test_one_number_for_things_of_two_kinds(kinds: tuple[str, str]) -> None:
    one, other = ({"a": k, "catalogueIdentifier": "1", "facility": "ELS"} for k in kinds)
    apart({"x": one}, {"y": other})


def test_the_same_catalogue_number_at_two_facilities() -> None:
    number = {"a": "Dataset", "catalogueIdentifier": "4711"}
    apart({"x": {**number, "facility": "ELS"}}, {"y": {**number, "facility": "other"}})
    apart({"x": number}, {"y": number})


def test_the_doi_of_a_collection_and_that_of_its_part() -> None:
    apart(
        {"x": {"a": "Dataset", "id": "10.5072/set"}},
        {"y": {"a": "Dataset", "id": "10.5072/set.1"}},
    )


def test_a_part_that_has_its_collections_doi() -> None:
    doi = "10.5072/set"
    one: Source = {
        "x": {"a": "File", "id": doi},
        "whole": {"a": "Dataset", "id": doi, "member": "x"},
    }
    apart(one, {"y": {"a": "Dataset", "id": doi}})
    store = joined({"a": one, "b": {"y": {"a": "Dataset", "id": doi}}})
    assert same(store, iri("a", "whole")) == {"b/y"}


def test_files_of_one_source_that_share_a_doi() -> None:
    told = {"a": "File", "id": "10.5072/set"}
    apart({"x": told, "z": told}, {"y": {"a": "Dataset", "id": "10.5072/set"}})


def test_versions_have_dois_of_their_own() -> None:
    apart(
        {"x": {"a": "Dataset", "id": "10.5072/zenodo.100"}},
        {"y": {"a": "Dataset", "id": "10.5072/zenodo.101"}},
    )
    apart(
        {"x": {"a": "Dataset", "id": "10.5072/f.v1"}}, {"y": {"a": "Dataset", "id": "10.5072/f.v2"}}
    )


def test_an_orcid_on_data() -> None:
    orcid = "https://orcid.org/0000-0002-1825-0097"
    apart({"x": {"a": "Person", "id": orcid}}, {"y": {"a": "Dataset", "id": orcid}})
    apart({"x": {"a": "Dataset", "id": orcid}}, {"y": {"a": "Dataset", "id": orcid}})


def test_an_identifier_of_things_of_two_kinds() -> None:
    told = {"id": "10.5072/x"}
    apart({"x": {"a": "Person", **told}}, {"y": {"a": "Dataset", **told}})
    apart({"x": {"a": "Sample", **told}}, {"y": {"a": "File", **told}})
    apart({"x": {"a": "Activity", **told}}, {"y": {"a": "Dataset", **told}})


def test_an_activity_is_never_the_same_as_a_thing() -> None:
    apart({"x": {"a": "Activity", "same": "http://kg.test/source/b/y"}}, {"y": {"a": "Dataset"}})
    apart({"x": {"a": "Dataset", "same": "http://kg.test/source/b/y"}}, {"y": {"a": "Activity"}})


@pytest.mark.parametrize("name", ["GSM1", "GSM1.txt", "ERR1", "sample/1", "1/2", "2020/01", "A1"])
def test_names_that_look_like_identifiers(name: str) -> None:
    for kind in ("File", "Sample", "Dataset"):
        apart({"x": {"a": kind, "id": name}}, {"y": {"a": kind, "id": name}})
    apart({name: {"a": "Sample"}}, {"y": {"a": "Sample", "id": name}}, first=name)


def test_the_accession_of_a_run_on_its_files() -> None:
    told = {"a": "File", "id": "ERR1234567"}
    apart({"x": told}, {"y": told})


def test_the_front_page_of_a_site() -> None:
    told = {"a": "Dataset", "id": "https://data.example/"}
    apart({"x": told}, {"y": told})


def test_an_address_on_every_thing_of_a_source() -> None:
    told = {"a": "Dataset", "id": "https://data.example/our-data"}
    apart({f"d{n}": told for n in range(MOST_SHARED + 1)}, {"y": told}, "d0")


def test_hosts_that_end_like_a_resolver() -> None:
    address = "https://notebi.ac.uk/data/SAMEA900000001"
    apart(
        {"x": {"a": "Sample", "id": "SAMEA900000001"}}, {address: {"a": "Sample"}}, second=address
    )


def test_a_name_that_one_source_gives_twice_joins_nothing_in_it() -> None:
    store = joined({"a": {n: {"a": "Sample", "label": "leaf"} for n in ("x", "z")}})
    assert same(store, iri("a", "x"), Policy.ALL) == set()
