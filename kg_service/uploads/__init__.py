"""Changes that callers of the service ask for: kept in a queue, made one after another."""
