"""An account at Twilio, asked and told through its API by Twilio's own client.

The client goes through `HTTPS_PROXY` where the machine reaches the internet by a proxy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient

from ivr.carrier.form_signature import form_signature
from ivr.carrier.twilio.provisioning import FIELDS, Bundle, DialledCountry, NotAnswered, TwilioNumber, Values
from ivr.carrier.twilio.twilio_carrier import API, SIGNATURE

TIMEOUT = 10.0
"""Seconds for one request [own value]."""

MOST_COUNTRIES = 300
"""Of a list: more than there are."""


class TwilioAccount:
    """The account with this SID and auth token. All methods: NotAnswered."""

    def __init__(self, sid: str, token: str) -> None:
        from twilio.rest import Client  # slow to import, and no call needs it

        self._sid, self._token = sid, token
        self._client = Client(sid, token, http_client=TwilioHttpClient(timeout=TIMEOUT))

    def time(self) -> datetime:
        """What time it is at Twilio, in UTC, to the second."""
        with _told():
            answer = self._client.api.v2010.accounts(self._sid).fetch_with_http_info()
            return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)

    def number(self, number: str) -> TwilioNumber | None:
        """The account's number (E.164); None where it has no such number."""
        with _told():
            found = self._client.incoming_phone_numbers.list(phone_number=number, limit=20)
        return next((_number(each) for each in found if each.phone_number == number), None)

    def number_of(self, sid: str) -> TwilioNumber:
        """The number with this SID."""
        with _told():
            return _number(self._client.incoming_phone_numbers(sid).fetch())

    def set(self, sid: str, values: Values) -> None:
        """Give a number these values, all at once."""
        with _told():
            self._client.incoming_phone_numbers(sid).update(**values)

    def countries(self) -> tuple[DialledCountry, ...]:
        """The countries of which the account may dial any number."""
        listed = self._client.voice.v1.dialing_permissions.countries
        with _told():
            found = {
                each.iso_code: each
                for asked in (
                    {"low_risk_numbers_enabled": True},
                    {"high_risk_special_numbers_enabled": True},
                    {"high_risk_tollfraud_numbers_enabled": True},
                )
                for each in listed.list(**asked, limit=MOST_COUNTRIES)
            }
        return tuple(
            DialledCountry(
                code,
                bool(each.low_risk_numbers_enabled),
                bool(each.high_risk_special_numbers_enabled or each.high_risk_tollfraud_numbers_enabled),
            )
            for code, each in sorted(found.items())
        )

    def bundle(self, sid: str) -> Bundle:
        """A regulatory bundle of the account."""
        with _told():
            found = self._client.numbers.v2.regulatory_compliance.bundles(sid).fetch()
        return Bundle(str(found.status), found.valid_until)

    def keeps_calls_before(self, moment: datetime) -> bool:
        """Whether Twilio still keeps a call that began before a moment (aware), with the caller's number."""
        with _told():
            return bool(self._client.calls.list(start_time_before=moment.astimezone(UTC), limit=1))

    def recording(self) -> str | None:
        """The SID of a recording that Twilio keeps; None where it keeps none."""
        with _told():
            found = self._client.recordings.list(limit=1)
        return found[0].sid if found else None

    def plays_to_strangers(self, recording: str) -> bool:
        """Whether a recording is handed to somebody who shows no password."""
        with _told():
            address = f"{API}/2010-04-01/Accounts/{self._sid}/Recordings/{recording}.wav"
            return requests.head(address, timeout=TIMEOUT, allow_redirects=True).ok

    def bin(self, url: str) -> str:
        """What a TwiML Bin of the account says. It answers to signed requests only
        (https://help.twilio.com/articles/223132187)."""
        asked = f"{url}?AccountSid={self._sid}"
        with _told():
            answer = requests.get(asked, headers={SIGNATURE: form_signature(self._token, asked, {})}, timeout=TIMEOUT)
            answer.raise_for_status()
            return answer.text


def _number(found: Any) -> TwilioNumber:
    return TwilioNumber(
        sid=found.sid,
        number=found.phone_number,
        values={field: getattr(found, field) or "" for field in FIELDS},
        trunk=found.trunk_sid or "",
        bundle=found.bundle_sid or "",
        voice=bool((found.capabilities or {}).get("voice")),
    )


@contextmanager
def _told() -> Iterator[None]:
    """What went wrong, in one sentence. The client's own messages name addresses and numbers."""
    try:
        yield
    except requests.HTTPError as error:
        raise NotAnswered(f"Twilio answers {error.response.status_code}.") from error
    except requests.RequestException as error:
        raise NotAnswered(
            f"Twilio cannot be reached ({type(error).__name__}): see that this machine may go out to "
            "api.twilio.com, by HTTPS_PROXY where it goes by a proxy."
        ) from error
    except TwilioException as error:
        raise NotAnswered(_refusal(error)) from error
    except (KeyError, ValueError) as error:
        raise NotAnswered(f"Twilio's answer cannot be read ({type(error).__name__}).") from error


def _refusal(error: TwilioException) -> str:
    status, code = _status(error)
    if status == 401:
        return (
            "Twilio refuses the account: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to what its console shows "
            "for one account."
        )
    known = f", error {code} (https://www.twilio.com/docs/errors/{code})" if code else ""
    return f"Twilio answers {status or 'what cannot be read'}{known}."


def _status(error: TwilioException) -> tuple[int | None, int | None]:
    """HTTP's status and Twilio's own code: of one thing, or of a list, which has no error of its own."""
    if isinstance(error, TwilioRestException):
        return error.status, error.code or None
    answer = error.args[1] if len(error.args) > 1 else None
    return getattr(answer, "status_code", None), None
