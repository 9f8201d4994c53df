"""Provenance documents of W3C PROV, in all its notations, and research objects that hold them.

PROV-N, PROV-JSON, PROV-JSONLD and PROV-XML are read as records and written as PROV-O; PROV-O
itself is taken as it stands. Bundles and named graphs are kept apart.
"""

from ingest.prov.document import read
from ingest.prov.rdf import SYNTAXES, read_rdf
from ingest.prov.recognise import is_prov_json, is_prov_n, is_prov_o, is_prov_xml
from ingest.prov.research_object import mains, read_research_object

RDF_SUFFIXES = tuple(SYNTAXES)

__all__ = [
    "RDF_SUFFIXES",
    "is_prov_json",
    "is_prov_n",
    "is_prov_o",
    "is_prov_xml",
    "mains",
    "read",
    "read_rdf",
    "read_research_object",
]
