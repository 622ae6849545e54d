"""A provider of OpenID Connect, as a city has one: Authlib's own, on a port, with people in it who are asked nothing.

It issues codes to one client, which must use PKCE, and signs ID tokens. `spoil` changes what stands in them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from unittest.mock import patch

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from tests.support.clock import MACHINE

CLIENT, CLIENT_SECRET = "line", "a secret of the client"


@dataclass
class Person:
    """Somebody whom the provider knows."""

    claims: dict[str, Any]
    signed_in: int = field(default_factory=lambda: int(MACHINE().timestamp()))


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib has no types
    """A code that was given out."""

    code: str
    person: Person
    asked: dict[str, str]

    def get_redirect_uri(self) -> str | None:
        return self.asked.get("redirect_uri")

    def get_scope(self) -> str | None:
        return self.asked.get("scope")

    def get_nonce(self) -> str | None:
        return self.asked.get("nonce")

    def get_auth_time(self) -> int:
        return self.person.signed_in

    @property
    def code_challenge(self) -> str | None:
        return self.asked.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.asked.get("code_challenge_method")


class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """The line, as the provider knows it."""

    back = ""
    id_token_signed_response_alg = "RS256"

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self.back

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, _method: str, _endpoint: str) -> bool:
        return True

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


@dataclass
class OpenIdProvider:
    """The provider. `person`: whoever sits at the browser; `spoil`: what becomes of the claims of a token."""

    issuer: str = ""
    called: str = ""
    person: Person = field(default_factory=lambda: Person({"sub": "1"}))
    spoil: Callable[[dict[str, Any]], None] = lambda _claims: None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    client: Client = field(default_factory=Client)
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)

    def be_well(self, claims: dict[str, Any]) -> None:
        """Nothing is spoilt, and this person sits at the browser."""
        self.person, self.spoil, self.called, self.signs_with = Person(dict(claims)), lambda _claims: None, "", None

    def app(self) -> Flask:
        """Its pages."""
        app = Flask("provider")
        server = AuthorizationServer(app, lambda name: self.client if name == CLIENT else None, lambda *_: None)
        server.register_grant(_grant(self), [_Tokens(self), CodeChallenge(required=True)])
        app.add_url_rule("/.well-known/openid-configuration", "about", lambda: jsonify(self._about()))
        app.add_url_rule("/keys", "keys", lambda: jsonify(KeySet([self.key]).as_dict(private=False)))

        @app.get("/authorize")
        def authorize() -> Any:
            self.asked.append(dict(request.args))
            if request.args.get("prompt") == "login":
                self.person.signed_in = int(MACHINE().timestamp())
            grant = server.get_consent_grant(end_user=self.person)
            return server.create_authorization_response(grant_user=self.person, grant=grant)

        @app.post("/token")
        def token() -> Response:
            made: Response = server.create_token_response()
            return made

        return app

    def _about(self) -> dict[str, Any]:
        return {
            "issuer": self.called or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }


class _Tokens(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, provider: OpenIdProvider):
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, _request: Any) -> bool:
        return any(code.get_nonce() == nonce for code in self.provider.codes.values())

    def resolve_client_private_key(self, _client: Client) -> Any:
        return self.provider.signs_with or self.provider.key

    def get_client_claims(self, _client: Client) -> dict[str, Any]:
        return {"iss": self.provider.issuer, "aud": [CLIENT]}

    def get_encode_header(self, _client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "1"}

    def generate_user_info(self, user: Person, _scope: str) -> UserInfo:
        return UserInfo(user.claims)

    def get_authorization_code_claims(self, code: Code) -> dict[str, Any]:
        claims: dict[str, Any] = super().get_authorization_code_claims(code)
        self.provider.spoil(claims)
        return claims


def _grant(provider: OpenIdProvider) -> type:
    class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, asked: Any) -> Code:
            provider.codes[code] = Code(code, asked.user, dict(asked.payload.data))
            return provider.codes[code]

        def query_authorization_code(self, code: str, _client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            provider.codes.pop(code.code)

        def authenticate_user(self, code: Code) -> Person:
            return code.person

    return Grant


@contextmanager
def open_provider(back: str) -> Iterator[OpenIdProvider]:
    """A provider on a free port of this machine, which sends people `back`."""
    made = OpenIdProvider()
    made.client.back = back
    server = make_server("127.0.0.1", 0, made.app(), threaded=True)
    made.issuer = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    with patch.dict(os.environ, {"AUTHLIB_INSECURE_TRANSPORT": "1"}):  # it is on this machine
        yield made
    server.shutdown()
    thread.join()
    server.server_close()
