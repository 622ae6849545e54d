"""TwiML as TeXML: https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs.

TeXML has TwiML's verbs. What it has otherwise: a Say is documented as plain text, so marks of SSML
give way to what they say, and a pause to a comma; an attribute that it does not document is left
out; and voices of Google are unknown, where its own for the language speaks instead. At a speed that
a caller has asked for only sounds of the line's own can be heard (SPEECH=local, the usual here).
"""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

NOT_KNOWN = {
    "Gather": ("actionOnEmptyResult", "speechTimeout"),  # in whole seconds there, never "auto"
    "Dial": ("answerOnBridge",),
    "Record": ("trim",),
    "Number": ("url", "method"),  # what it documents for one is a Gather and a Hangup, not words alone
}
"""Attributes that the verbs of TeXML do not have."""

KNOWN_VOICES = ("Polly.", "Azure.", "Telnyx.")
ANY_VOICE = "alice"
"""Speaks whatever language is set."""

PAUSE = ", "


def in_texml(document: str) -> str:
    """A document of ours, put into TeXML."""
    root = ElementTree.fromstring(document)
    for verb in root.iter():
        for name in NOT_KNOWN.get(verb.tag, ()):
            verb.attrib.pop(name, None)
    for say in root.iter("Say"):
        _plain(say)
    return '<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(root, encoding="unicode")


def _plain(say: Element) -> None:
    if not say.get("voice", "").startswith(KNOWN_VOICES):
        say.set("voice", ANY_VOICE)
    text = _text(say)
    for child in list(say):
        say.remove(child)
    say.text = text


def _text(element: Element) -> str:
    """What is said, aliases in place of what is written."""
    said = element.get("alias", "") if element.tag == "sub" else (element.text or "")
    for child in element:
        said += _pause(said) if child.tag == "break" else _text(child)
        said += child.tail or ""
    return said


def _pause(said: str) -> str:
    """A comma, but not after another stop."""
    return PAUSE if said[-1:].isalnum() else " "
