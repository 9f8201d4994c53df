"""kg-labid: a laboratory's chain specimen -> sample -> assay -> dataset -> workflow run, as JSON.

form         the kinds of record and their fields: the format's definition
schema       that definition as JSON Schema, to publish
check        all faults of a document, each with its JSON path
graph        records -> triples

The format is described in docs/labid.md.
"""

from ingest.labid.reader import read
from ingest.labid.recognise import is_labid

__all__ = ["is_labid", "read"]
