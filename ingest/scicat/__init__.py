"""SciCat records: API answers, exports, and the collections of its MongoDB.

kinds        the kinds of record, and how each is recognised by its fields
extended     MongoDB extended JSON -> plain values
collect      files -> records of known kinds
recognise    is this file, or this folder, an export?
access       who may see it, by what its records say
people       the persons that a record names
metadata     free nested metadata -> entries
graph        records -> triples

Fields of SciCat v3 and v4 (LoopBack and NestJS backends) are both understood.
"""

from ingest.scicat.reader import read
from ingest.scicat.recognise import is_scicat_export, mains

__all__ = ["is_scicat_export", "mains", "read"]
