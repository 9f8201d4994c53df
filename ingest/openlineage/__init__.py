"""OpenLineage events: one, a JSON array, one a line, or the answer of a server.

events       bytes -> events, each with its place
recognise    is this file one of events?
naming       the nodes of runs, jobs and datasets, by OpenLineage's naming rules
facets       facets -> triples
graph        events -> triples, one after the other

Nothing depends on the order of events, and an event that is repeated says nothing new.
Specification: https://openlineage.io/spec, 0-0-1 to 2-0-x.
"""

from ingest.openlineage.reader import read
from ingest.openlineage.recognise import is_openlineage

__all__ = ["is_openlineage", "read"]
