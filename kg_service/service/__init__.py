"""The HTTP service: SPARQL, GraphQL, questions, sources and entities over one graph."""
