"""Records of the PaN search API, which many photon and neutron facilities answer alike.

kinds        the kinds of record, and how each is recognised by its fields
collect      files -> records of known kinds
recognise    is this file an answer or dump?
graph        records -> triples
reader       the document, and what it says of its access

https://github.com/panosc-eu/search-api: answers of ``/datasets``, ``/documents`` and
``/instruments``, with whatever they include, and the data file of its reference implementation.
"""

from ingest.panosc.reader import read
from ingest.panosc.recognise import is_panosc

__all__ = ["is_panosc", "read"]
