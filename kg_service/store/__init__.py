"""The graph store behind one small port: embedded on disk, in memory, or a SPARQL server."""
