"""Lineage in other forms: provenance documents, crates, drawings and tables."""
