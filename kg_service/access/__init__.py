"""Who may see and do what; see docs/access.md."""
