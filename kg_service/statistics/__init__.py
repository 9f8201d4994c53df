"""How much each graph says: statements by property, things by class, and how many are distinct.

Each graph is counted once, when it is written. What is in several graphs is counted once over
them, exactly, as a graph's distinct terms are kept as numbers (hashes) that can be joined: so
any set of graphs can be counted, such as what one caller may see, without asking the store.
"""
