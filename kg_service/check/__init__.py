"""Checks of sources: completeness, FAIR, broken chains, unmapped terms, and PROV's typing."""
