"""How people are told no: in words that are translated where they are shown."""


class Refused(Exception):
    """An act that cannot be done as asked, and why, for the person who asked.

    `message` is a sentence in English that serves as the id of its translations; `facts` fill
    the places in it: ``_(error.message) % error.facts``.
    """

    def __init__(self, message: str, **facts: object):
        self.message = message
        self.facts = facts
        super().__init__(message % facts if facts else message)


class NotAllowed(Refused):
    """The person has no right to the act."""


class NotFound(Refused):
    """There is no such draft, prompt or the like."""


class Later(Refused):
    """Too much is being worked on just now: the same, asked again in a moment, will be done."""
