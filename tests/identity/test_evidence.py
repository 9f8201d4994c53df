"""Each class of evidence joins what it should, under the policies that follow it."""

from __future__ import annotations

import pytest
from identity.things import Source, iri, joined, same

from kg_service.identity.evidence import Policy

DIGEST = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
MD5 = "0cc175b9c0f1b6a831c399e269772661"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.5072/A.1", "https://doi.org/10.5072/a.1"),
        ("https://igsn.org/KGEX1", "igsn:10273/KGEX1"),
        ("https://hdl.handle.net/20.500.1/x", "hdl:20.500.1/X"),
        ("ark:/12148/btv1b", "https://n2t.net/ark:12148/btv1b"),
        ("SAMEA900000001", "https://www.ebi.ac.uk/biosamples/samples/SAMEA900000001"),
        ("RRID:CVCL_0030", "https://scicrunch.org/resolver/RRID:CVCL_0030"),
    ],
)
def test_an_identifier_in_any_spelling(one: str, other: str) -> None:
    store = joined(
        {"a": {"x": {"a": "Sample", "id": one}}, "b": {"y": {"a": "Specimen", "id": other}}}
    )
    for policy in Policy:
        assert same(store, iri("a", "x"), policy) == {"b/y"}


def test_a_thing_whose_iri_is_the_identifier() -> None:
    store = joined(
        {
            "a": {"x": {"a": "Dataset", "id": "10.5072/a"}},
            "b": {"https://doi.org/10.5072/A": {"a": "Dataset", "label": "it"}},
        }
    )
    assert same(store, iri("a", "x"), Policy.STRICT) == {"https://doi.org/10.5072/A"}


def test_explicit_same_as_in_any_spelling() -> None:
    sources = {
        "a": {"x": {"a": "Dataset", "same": "https://doi.org/10.5072/a"}},
        "b": {"y": {"a": "Dataset", "id": "doi:10.5072/A"}},
    }
    for policy in Policy:
        assert "b/y" in same(joined(sources), iri("a", "x"), policy)
        assert "a/x" in same(joined(sources), iri("b", "y"), policy)


FACILITY: Source = {
    "d": {"a": "RawDataset", "location": "/data/visitor/ls1/raw", "facility": "ELS"}
}


@pytest.mark.parametrize(
    "other",
    [
        {"e": {"a": "Dataset", "location": "/data/visitor//ls1/raw/", "facility": "els"}},
        {"e": {"a": "Dataset", "location": "file:///data/visitor/ls1/raw", "facility": "ELS"}},
        {
            "e": {"a": "Dataset", "location": "/data/visitor/ls1/raw", "partOf": "v"},
            "v": {"a": "Investigation", "facility_iri": "f", "partOf": "p"},
            "p": {"facility": "another"},
            "f": {"label": "ELS"},
        },
        {
            "e": {"a": "Dataset", "location": "/data/visitor/ls1/raw", "partOf": "v"},
            "v": {"a": "Investigation", "partOf": "w"},
            "w": {"a": "Investigation", "facility": "ELS"},
            "x": {"facility": "another"},
        },
        {
            "e": {"a": "Dataset", "location": "/data/visitor/ls1/raw"},
            "root": {"facility": "ELS"},
        },
    ],
    ids=["spelled otherwise", "as a file address", "of its visit", "of its proposal", "of it all"],
)
def test_the_same_location_within_one_facility(other: Source) -> None:
    store = joined({"a": FACILITY, "b": other})
    assert same(store, iri("a", "d")) == {"b/e"}
    assert same(store, iri("a", "d"), Policy.STRICT) == set()


def test_a_facility_by_its_ror_id() -> None:
    ror = "https://ror.org/02550n020"
    store = joined(
        {
            "a": {"d": {"a": "File", "location": "/data/x/f.h5", "facility": ror}},
            "b": {
                "d": {"a": "File", "location": "/data/x/f.h5", "facility_iri": "here"},
                "here": {"id": "ror:02550n020", "label": "the light source"},
            },
        }
    )
    assert same(store, iri("a", "d")) == {"b/d"}


def test_an_address_is_its_own_facility() -> None:
    store = joined(
        {
            "a": {"f": {"a": "File", "location": "https://data.example/runs/1/f.h5"}},
            "b": {"g": {"a": "File", "location": "http://DATA.example:80/runs/1/f.h5"}},
        }
    )
    assert same(store, iri("a", "f")) == {"b/g"}


def test_the_same_content() -> None:
    store = joined(
        {
            "a": {"f": {"a": "File", "sha256": DIGEST, "size": "4000"}},
            "b": {"g": {"a": "File", "sha256": DIGEST.upper()}},
        }
    )
    assert same(store, iri("a", "f")) == {"b/g"}
    assert same(store, iri("a", "f"), Policy.STRICT) == set()


def test_a_catalogue_number_within_its_facility() -> None:
    store = joined(
        {
            "a": {"d": {"a": "Dataset", "catalogueIdentifier": "4711", "facility": "ELS"}},
            "b": {"e": {"a": "RawDataset", "catalogueIdentifier": "4711", "facility": "ELS"}},
        }
    )
    assert same(store, iri("a", "d"), Policy.STRICT) == {"b/e"}


def test_a_name_is_followed_only_where_all_is_asked_for() -> None:
    store = joined(
        {
            "a": {"x": {"a": "Sample", "label": "Leaf_01"}},
            "b": {"y": {"a": "Specimen", "label": "leaf 01"}},
        }
    )
    assert same(store, iri("a", "x"), Policy.ALL) == {"b/y"}
    assert same(store, iri("a", "x")) == set()
