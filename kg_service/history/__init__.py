"""The past of a store: which version of each source was there when, and what it said."""
