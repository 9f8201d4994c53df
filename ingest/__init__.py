"""Bytes to RDF: one reader a format, each a pure leaf that knows neither store nor network.

A reader says exactly what its source says, in the source's own vocabulary. What
that means in PROV-O is said by the mapping sets, never here.
"""
