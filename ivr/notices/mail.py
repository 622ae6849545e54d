"""Notices by mail, through the mail server that the city has (SMTP, RFC 5321).

What is said is encrypted on the way, from the start (`smtps`, RFC 8314) or after STARTTLS (`smtp`, RFC 3207), which
then must be there. A relay within the house that knows neither is `smtp+plain`; no password is sent to one.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from ivr.notices.kinds import Letter
from ivr.notices.sending import PATIENCE, Undelivered
from ivr.notices.wishes import is_mail_address
from ivr.people.telling import Told, told

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""The schemes that are known, and the port of each where none is set."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and what it is asked with. `scheme`: of PORTS."""

    scheme: str
    host: str
    port: int
    sender: str
    name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


def parsed(url: str, sender: str) -> MailServer | None:
    """The server of an address such as ``smtp://user:password@mail.example.jp:587``, which sends as `sender`,
    such as ``line@example.jp`` or ``A name <line@example.jp>``; None where either is none."""
    name, address = parseaddr(sender)
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    plain = parts.scheme == "smtp+plain"
    if not parts.hostname or not port or parts.path.strip("/") or parts.query or parts.fragment:
        return None
    if bool(user) != bool(password) or (plain and user) or not is_mail_address(address):
        return None
    return MailServer(parts.scheme, parts.hostname, port, address, name, user, password)


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends letters through a server. `here`: the name of this machine, as the server is told it."""

    server: MailServer
    here: str

    def send(self, to: str, letter: Letter) -> None:
        """Send it now. Undelivered."""
        message = self._message(to, letter)
        try:
            with self._connected() as connection:
                if self.server.scheme == "smtp":
                    connection.starttls(context=ssl.create_default_context())
                if self.server.user:
                    connection.login(self.server.user, self.server.password)
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = refused.recipients[to]
            raise Undelivered(_refused(code, said), for_good=_is_final(code)) from refused
        except smtplib.SMTPAuthenticationError as refused:
            raise Undelivered(
                told("The mail server refuses the name or the password (SMTP_URL)."), down=True
            ) from refused
        except smtplib.SMTPNotSupportedError as missing:
            raise Undelivered(_UNENCRYPTED, down=True) from missing
        except smtplib.SMTPResponseException as refused:  # of the sender, of the letter, or of everybody
            code = refused.smtp_code
            about_it = isinstance(refused, smtplib.SMTPDataError)
            raise Undelivered(
                _refused(code, refused.smtp_error), about_it and _is_final(code), not about_it
            ) from refused
        except ssl.SSLError as error:
            raise Undelivered(_unproven(error), down=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(_unreachable(error), down=True) from error

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, self.here, timeout=PATIENCE, context=context)
        return smtplib.SMTP(server.host, server.port, self.here, timeout=PATIENCE)

    def _message(self, to: str, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self.server.name, addr_spec=self.server.sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = letter.subject
        message["Date"] = letter.at
        message["Message-ID"] = f"<{letter.id}@{self.here}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is told to it
        message.set_content(letter.text, cte="base64")  # which servers of any age pass on
        return message


class NoMail:
    """Where no mail server is set."""

    def send(self, to: str, letter: Letter) -> None:  # noqa: ARG002 (as senders have it)
        """Undelivered, always."""
        raise Undelivered(told("This server sends no mail: no mail server is set (SMTP_URL)."), for_good=True)


_UNENCRYPTED: Told = told("The mail server does not offer what is set: encryption (STARTTLS), or a name and password.")


def _is_final(code: int) -> bool:
    """Whether a reply is a refusal for good (RFC 5321, 4.2.1)."""
    return 500 <= code < 600


def _refused(code: int, said: bytes | str) -> Told:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return told("The mail server refuses: %(reply)s", reply=" ".join(f"{code} {words}".split())[:200])


def _unproven(error: ssl.SSLError) -> Told:
    return told("The mail server cannot be trusted: %(detail)s", detail=str(error.reason or error)[:200])


def _unreachable(error: Exception) -> Told:
    detail = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return told("The mail server cannot be reached: %(detail)s", detail=str(detail)[:200])
