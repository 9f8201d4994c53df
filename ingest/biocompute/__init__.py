"""BioCompute Objects: IEEE 2791-2020, the drafts 1.1 to 1.3, and dumps of a BCO server.

recognise    is this file one?
objects      files -> objects, each with its place and the record that a server keeps of it
people       contributors and reviewers
data         what a ``uri`` names, however it is wrapped
steps        pipeline steps and parameters
graph        objects -> triples
"""

from ingest.biocompute.reader import read
from ingest.biocompute.recognise import is_biocompute

__all__ = ["is_biocompute", "read"]
