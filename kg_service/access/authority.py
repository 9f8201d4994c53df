"""Who a caller is, by the credentials that they sent."""

from __future__ import annotations

from dataclasses import dataclass

from kg_service.access.caller import Caller
from kg_service.access.issuers import issuers_from_environment
from kg_service.access.jwks import IssuerKeys
from kg_service.access.key_use import KeyUse
from kg_service.access.keys import Key, KeyRing, is_key
from kg_service.access.oidc import OidcTokens
from kg_service.access.settings import AccessSettings
from kg_service.errors import BadCredentials


@dataclass(frozen=True)
class Authority:
    """Takes credentials; by default none are right, and who sends none is anonymous.

    ``anonymous`` tells whether callers without credentials are answered at all.
    """

    keys: KeyRing | None = None
    use: KeyUse | None = None
    oidc: OidcTokens | None = None
    anonymous: bool = True

    @classmethod
    def from_settings(cls, settings: AccessSettings) -> Authority:
        """As the environment says. Raises UsageError."""
        issuers = issuers_from_environment()
        folder = settings.keys
        return cls(
            keys=KeyRing(folder) if folder is not None else None,
            use=KeyUse(folder) if folder is not None else None,
            oidc=OidcTokens(map(IssuerKeys, issuers)) if issuers else None,
            anonymous=settings.anonymous,
        )

    def key(self, token: str) -> Key | None:
        """The API key that a token is, None where it is none. Raises BadCredentials, StoreError."""
        if not is_key(token):
            return None
        if self.keys is None:
            raise BadCredentials("there are no API keys here: the service has no place for them")
        return self.keys.key_of(token)

    def signed_in(self, token: str) -> Caller:
        """Who an issuer's token says. Raises BadCredentials, IssuerDown. May wait for an issuer."""
        if self.oidc is None:
            raise BadCredentials("the token is no API key, and no other ones are taken here")
        return self.oidc.caller(token)
