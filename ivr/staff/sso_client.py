"""The city's own provider, asked by Authlib: discovery, state, nonce, PKCE and ID token (OpenID Connect Core, 3.1)."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, session

from ivr.people.provider import Provider
from ivr.people.refusals import Refused

log = logging.getLogger(__name__)

PATIENCE = 5
"""Seconds that the provider may take to answer [own value]."""

FRESH = 600
"""Seconds since somebody showed the provider who they are, by its own clock [own value]."""

_NAME = "sso"
_KEPT = f"_state_{_NAME}"  # Authlib's: where the session keeps what belongs to a way there


def leave(provider: Provider, back: str, **asked: str) -> Response:
    """The way to the provider, who sends people `back` (an address); `asked`: more that it is to do. Refused where it
    cannot be reached."""
    for key in [key for key in session if key.startswith(_KEPT)]:
        session.pop(key)  # a way that was not gone to its end: cookies are short
    try:
        client = _client(provider)
        _is_itself(client, provider)
        there: Response = client.authorize_redirect(back, **asked)
    except Exception as error:  # of the network, of JSON, of Authlib
        raise _failed(error) from error
    there.status_code = 303
    return there


def come_back(provider: Provider) -> Mapping[str, Any]:
    """What the ID token of this way says, looked at. Refused."""
    try:
        client = _client(provider)
        _is_itself(client, provider)
        token = client.authorize_access_token()
        claims = dict(token["userinfo"])  # which is there where nonce, issuer, audience, time and signature are right
        if claims["iss"] != provider.issuer or not claims["sub"]:
            raise ValueError("another issuer, or nobody")
    except Exception as error:  # of the network, of JSON, of tokens, of Authlib
        raise _failed(error) from error
    return claims


def is_fresh(claims: Mapping[str, Any]) -> bool:
    """Whether the provider has seen for itself who it is, just now."""
    seen, told = claims.get("auth_time"), claims.get("iat")
    return isinstance(seen, int) and isinstance(told, int) and told - seen <= FRESH


def _client(provider: Provider) -> Any:
    """Authlib's client of this application, which keeps what the provider told about itself."""
    made = current_app.extensions.get("ivr.sso")
    if made is None:
        from authlib.integrations.flask_client import OAuth

        made = OAuth(current_app).register(
            _NAME,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=provider.discovery,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE,
            },
        )
        current_app.extensions["ivr.sso"] = made
    return made


def _is_itself(client: Any, provider: Provider) -> None:
    """ValueError where another one answers in its place (OpenID Connect Discovery, 4.3)."""
    if client.load_server_metadata().get("issuer") != provider.issuer:
        client.server_metadata.clear()
        raise ValueError("it calls itself otherwise")


def _failed(error: Exception) -> Refused:
    log.warning("single sign-on failed: %s", type(error).__name__)
    return Refused("The city's own sign-in did not work. Try again, or sign in another way.")
