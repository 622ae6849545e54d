"""How people are told no: in words that are translated where they are shown."""


class Refusal(Exception):
    """No, and why, for the person who asked.

    `message` is a sentence in English that serves as the id of its translations; `facts` fill
    the places in it: ``_(error.message) % error.facts``.
    """

    def __init__(self, message: str, **facts: object):
        self.message = message
        self.facts = facts
        super().__init__(message % facts if facts else message)


class NotAllowed(Refusal):
    """The person has no right to the act: no other words in the form would help."""


class NotFound(Refusal):
    """There is no such draft, prompt or the like, so that there is no page to say it on."""


class Refused(Refusal):
    """An act that cannot be done as asked; asked otherwise, it may be. A page says so above its form."""


class Later(Refused):
    """Too much is being worked on just now: the same, asked again in a moment, will be done."""
