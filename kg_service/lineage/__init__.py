"""Lineage: find edges, walk them, describe what was met. Each part knows only its own."""
