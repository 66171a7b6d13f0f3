"""The main product's JSON Web Tokens: who signed in there, for which tenant, in which role."""

from __future__ import annotations

from typing import Any

import jwt

from invekto.errors import NotAllowed, NotSignedIn, OperatorNeeded
from invekto.server.caller import Caller, Role
from invekto.server.deps import ServerDeps

SHARED = ["HS256"]
PUBLISHED = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
REQUIRED = ["exp", "sub", "tenant_id", "role"]


async def caller_of_token(token: str, deps: ServerDeps) -> Caller:
    """Verify a token and say who it speaks for. Whether the tenant exists is not looked at.

    Raises:
        NotSignedIn: forged, expired, not yet valid, for somebody else, or incomplete.
        NotAllowed: a role that this product does not know.
        OperatorNeeded: neither a secret nor a key set is configured.
    """
    claims = await _claims(token, deps)
    for name in ("sub", "tenant_id"):
        if not claims[name] or "\0" in str(claims[name]):
            raise NotSignedIn(f"the token's {name} is empty or no text")
    try:
        role = Role(str(claims["role"]))
    except ValueError as error:
        known = ", ".join(Role)
        raise NotAllowed(f"the token's role {claims['role']!r} is none of {known}") from error
    return Caller(
        tenant_id=str(claims["tenant_id"]),
        kind="jwt",
        subject=str(claims["sub"]),
        role=role,
        name=str(claims.get("name", "")),
    )


async def _claims(token: str, deps: ServerDeps) -> dict[str, Any]:
    settings = deps.settings
    try:
        header = jwt.get_unverified_header(token)
        shared = header.get("alg") in SHARED
        if shared and settings.jwt_secret is not None:
            key: Any = settings.jwt_secret.get_secret_value()
        elif not shared and settings.jwt_jwks_url is not None:
            key_id = str(header.get("kid", ""))
            key = (await deps.keys.find(key_id, settings.jwt_jwks_url, deps.http)).key
        elif settings.jwt_secret is None and settings.jwt_jwks_url is None:
            raise OperatorNeeded(
                "tokens cannot be verified: set INVEKTO_JWT_SECRET or INVEKTO_JWT_JWKS_URL"
            )
        else:
            raise NotSignedIn("the token is signed in a way that is not configured here")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=SHARED if shared else PUBLISHED,
            audience=settings.jwt_audience,
            issuer=settings.jwt_issuer,
            leeway=settings.jwt_leeway_seconds,
            options={"require": REQUIRED},
        )
    except jwt.PyJWTError as error:
        raise NotSignedIn(f"the token is not valid: {error}") from error
    return claims
