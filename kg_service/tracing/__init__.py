"""Questions over lineage: paths, common ancestors, what is affected, gaps, comparisons, tables."""
