"""Where staff sign in with the account that the city gave them anyway (OpenID Connect)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider, and what this line is called there. `issuer` is its address, letter by letter; `name`: what staff
    call it ("": single sign-on); `claim`: what an administrator's invitation is compared with; where it `creates`
    accounts, whoever signs in there has one here, to which an administrator gives roles."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""
    claim: str = "email"
    creates: bool = False

    @property
    def discovery(self) -> str:
        """Where it tells about itself (OpenID Connect Discovery, 4)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
