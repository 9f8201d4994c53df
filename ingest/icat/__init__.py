"""ICAT's metadata: data files (XML, YAML) and the JSON of its interfaces.

recognise   is this file one?                  schema      what ICAT's own schema fixes
yaml_file   YAML -> records                    keys        reference keys and what they spell
xml_file    XML  -> records                    catalogue   which object a reference means
json_file   JSON -> records                    graph       records -> triples
answers     the objects in a JSON answer       evidence    of which kind a JSON object is
flat        ICAT+ shape -> ICAT shape          naming      which object an included one is
records     an object as its file writes it    visibility  who may see it, and from when
links       lineage that ESRF keeps in dataset parameters

Formats: python-icat documentation, "ICAT data files"; icat.server, RESTful interface; the
ICAT+ API of ESRF's data portal. The same objects give the same statements in all of them.
"""

from ingest.icat.reader import read
from ingest.icat.recognise import is_icat, is_icat_answer, is_icat_dump, mains

__all__ = ["is_icat", "is_icat_answer", "is_icat_dump", "mains", "read"]
