"""Links between things for people: listed with their evidence, confirmed and rejected."""
