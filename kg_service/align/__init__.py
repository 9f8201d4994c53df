"""From what a source says to what it means in PROV-O: mapping sets, rules, and the engine."""
