"""SPARQL servers: what each does in its own way, behind one interface."""
