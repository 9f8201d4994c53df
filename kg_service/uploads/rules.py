"""What may be uploaded: how much, and how visible it is where nobody says anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.bundle import MAX_FILE_BYTES
from ingest.document import Visibility
from kg_service.errors import UsageError

_MIB = 1024 * 1024


@dataclass(frozen=True)
class UploadRules:
    """Sizes are in bytes; ``open_jobs`` is how many an owner may have that have not ended."""

    file_bytes: int = MAX_FILE_BYTES
    request_bytes: int = 1024 * _MIB
    files: int = 1000
    open_jobs: int = 50
    visibility: Visibility = Visibility.PUBLIC

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> UploadRules:
        """As ``KG_UPLOAD_...`` say; sizes there are in MiB. Raises UsageError."""

        def number(name: str, default: int) -> int:
            written = env.get(name, "").strip()
            if not written:
                return default
            if not written.isdecimal() or not int(written):
                raise UsageError(f"{name}={written!r}: write a whole number above 0")
            return int(written)

        said = env.get("KG_UPLOAD_VISIBILITY", "").strip() or Visibility.PUBLIC.value
        if said not in (Visibility.PUBLIC, Visibility.INTERNAL):
            raise UsageError(f"KG_UPLOAD_VISIBILITY={said!r}: write public or internal")
        return cls(
            file_bytes=number("KG_UPLOAD_FILE_MIB", MAX_FILE_BYTES // _MIB) * _MIB,
            request_bytes=number("KG_UPLOAD_REQUEST_MIB", 1024) * _MIB,
            files=number("KG_UPLOAD_FILES", 1000),
            open_jobs=number("KG_UPLOAD_OPEN_JOBS", 50),
            visibility=Visibility(said),
        )
