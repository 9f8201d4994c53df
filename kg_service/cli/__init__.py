"""The ``kg`` command."""
