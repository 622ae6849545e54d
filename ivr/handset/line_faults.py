"""What goes wrong in a call: faults of the line, and acts that the call does not allow.

The codes are TwiML's own, for the faults that it names: https://www.twilio.com/docs/api/errors.
"""

NOT_RETRIEVED = 11200
TOO_LARGE = 11750
NOT_PARSED = 12100
AGAINST_SCHEMA = 12200
WRONG_CONTENT_TYPE = 12300
NOT_DIALLABLE = 13224


class LineFault(Exception):
    """What the line sent is something that a carrier would refuse, or a caller would not hear.

    ``url`` is the document at fault, ``reason`` says what is wrong with it, and ``code`` is
    TwiML's error number where it has one.
    """

    def __init__(self, url: str, reason: str, code: int | None = None) -> None:
        self.url = url
        self.reason = reason
        self.code = code
        super().__init__(f"{url}: {reason}" + (f" (TwiML error {code})" if code else ""))


class NotNow(Exception):
    """The caller did something that the call does not allow at this moment."""
