"""RO-Crate: folder, zip or bare metadata file, versions 1.0 to 1.4-DRAFT, all run profiles."""

from ingest.rocrate.reader import mains, read
from ingest.rocrate.recognise import is_crate_metadata

__all__ = ["is_crate_metadata", "mains", "read"]
