import pytest

from kg_service.identity.content import content_key
from kg_service.identity.identifiers import identifier_key

SPELLINGS = [
    (
        "doi",
        ["10.5281/zenodo.1", "doi:10.5281/zenodo.1", "https://doi.org/10.5281/Zenodo.1",
         "http://dx.doi.org/10.5281/zenodo.1", "DOI:10.5281/ZENODO.1",
         "DOI: 10.5281/zenodo.1"],
    ),
    (
        "orcid",
        ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097",
         "http://orcid.org/0000-0002-1825-0097", "orcid:0000-0002-1825-0097"],
    ),
    (
        "biosample",
        ["SAMEA900000001", "https://identifiers.org/biosample:SAMEA900000001",
         "https://identifiers.org/ena.embl:SAMEA900000001",
         "https://www.ebi.ac.uk/biosamples/samples/SAMEA900000001", "biosample:SAMEA900000001"],
    ),
    ("igsn", ["IGSN:KGEX00001", "igsn:10273/KGEX00001", "https://hdl.handle.net/10273/KGEX00001",
              "https://igsn.org/KGEX00001", "hdl:10273/kgex00001"]),
    ("handle", ["20.500.11935/122", "hdl:20.500.11935/122",
                "https://hdl.handle.net/20.500.11935/122"]),
    ("ark", ["ark:/12148/btv1b", "ark:12148/btv1b", "https://n2t.net/ark:/12148/btv1b"]),
    ("ror", ["https://ror.org/05cy4wa09", "ror:05cy4wa09"]),
    ("rrid", ["RRID:AB_123456"]),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "spellings"), SPELLINGS, ids=[s for s, _ in SPELLINGS])
def test_all_spellings_of_an_identifier_give_one_key(scheme: str, spellings: list[str]) -> None:
    keys = {identifier_key(s) for s in spellings}
    assert len(keys) == 1, keys
    assert keys.pop()[0] == scheme  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    ["sample1", "data/file.txt", "12345", "1234567890123", "P12345", "2020-01-01", "", "a b",
     "doi: ", "doi: a 10.5281/zenodo.1",
     "http://example.org/data/SAMEA1", "https://www.example.org/", "root-01", "A1"],
)  # fmt: skip
def test_names_numbers_and_plain_addresses_are_no_identifiers(text: str) -> None:
    assert identifier_key(text) is None


def test_checksums_of_real_content_are_keys() -> None:
    digest = "a" * 64
    assert content_key("sha256", digest.upper(), 1000) == ("sha256", digest)
    assert content_key("sha256", f"sha256:{digest}", None) == ("sha256", digest)


@pytest.mark.parametrize(
    ("algorithm", "digest", "size"),
    [
        ("md5", "d41d8cd98f00b204e9800998ecf8427e", None),  # empty
        ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", 0),  # empty
        ("sha256", "9a271f2a916b0b6ee6cecb2426f0b3206ef074578be55d9bc94f6f3fe3ab86aa", None),  # 0\n
        ("sha256", "b" * 64, 3),  # too small to mean anything
        ("sha256", "ac69460a", None),  # no SHA-256
        ("md5", "z" * 32, None),
    ],
)
def test_trivial_or_malformed_checksums_never_link(
    algorithm: str, digest: str, size: int | None
) -> None:
    assert content_key(algorithm, digest, size) is None
