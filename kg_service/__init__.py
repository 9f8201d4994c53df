"""kg-service: the provenance knowledge graph behind the ``kg`` command and its HTTP service."""

__version__ = "0.1.0"
