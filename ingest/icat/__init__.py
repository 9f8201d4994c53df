"""ICAT data files, as python-icat's icatdump writes and icatingest reads them, YAML and XML.

recognise   is this file one?                  schema      what ICAT's own schema fixes
yaml_file   YAML -> records                    keys        reference keys and what they spell
xml_file    XML  -> records                    catalogue   which object a reference means
records     an object as its file writes it    graph       records -> triples
links       lineage that ESRF keeps in dataset parameters

Format: python-icat documentation, "ICAT data files". Both backends give the same graph.
"""

from ingest.icat.reader import read
from ingest.icat.recognise import is_icat_dump

__all__ = ["is_icat_dump", "read"]
