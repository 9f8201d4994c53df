"""The lineage index: integer adjacency in memory-mapped files beside a store (docs/lineage.md)."""
