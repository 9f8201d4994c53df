"""DataCite metadata as JSON: what registers and describes DOIs of data, samples, instruments.

records      files -> records with DataCite's present field names
recognise    is this file such metadata?
identifiers  identifiers of any type -> the IRI that names the thing
agents       creators, contributors, affiliations, publishers, funders
relations    related identifiers, related items, containers
graph        records -> triples
reader       the document, and what it says of its access

DataCite Metadata Schema 4.0 to 4.7, as the REST API (JSON:API), content negotiation
(application/vnd.datacite.datacite+json) and repositories' exports write it.
"""

from ingest.datacite.reader import read
from ingest.datacite.recognise import is_datacite

__all__ = ["is_datacite", "read"]
