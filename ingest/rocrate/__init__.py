"""RO-Crate: folder, zip or bare metadata file, versions 1.0 to 1.4-DRAFT, all run profiles."""

from ingest.rocrate.reader import is_crate_metadata, mains, read

__all__ = ["is_crate_metadata", "mains", "read"]
