"""Running the service for years: backup, restore, dump, and how a store is."""
