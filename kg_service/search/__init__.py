"""Finding things by their words, and telling what many things are in one go.

An SQLite file beside the store holds, for each thing and each aligned graph that speaks of it,
its names, kinds, identifiers and description, with a full-text index (FTS5) over them. It holds
nothing that the store does not say. What it lacks is read from the store.
"""
