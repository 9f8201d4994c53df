"""Validates a crate with roc-validator, without a network: run by an interpreter that has it.

    python roc_check.py CRATE CONTEXTS [PROFILE ...]

CONTEXTS is a JSON file of JSON-LD contexts by address; every other request fails. Prints JSON:
for each profile, the REQUIRED and RECOMMENDED checks that the crate did not pass.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings


def main(crate: str, contexts: str, *profiles: str) -> None:
    known = json.loads(Path(contexts).read_text(encoding="utf-8"))

    def send(self, request, **_options):
        address = request.url.split("#")[0]
        if address not in known:
            raise requests.ConnectionError(f"no network in this test: {address}")
        response = requests.Response()
        response.status_code = 200
        response.url = request.url
        response.request = request
        response.headers["Content-Type"] = "application/ld+json"
        response._content = json.dumps(known[address]).encode()
        return response

    HTTPAdapter.send = send
    found = {}
    for profile in profiles:
        result = services.validate(
            ValidationSettings(
                rocrate_uri=crate,
                profile_identifier=profile,
                requirement_severity=Severity.RECOMMENDED,
                no_cache=True,
                # the files are where they were, and there is no network to ask for them
                metadata_only=True,
            )
        )
        found[profile] = [
            [issue.severity.name, issue.check.identifier, issue.message, issue.violatingEntity]
            for issue in result.get_issues()
        ]
    print(json.dumps(found))


main(*sys.argv[1:])
