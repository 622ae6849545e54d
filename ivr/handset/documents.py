"""The line's answers as documents, or what a carrier would refuse in them.

Limits are Twilio's, the strictest that is documented.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ivr.handset.line_faults import NOT_PARSED, NOT_RETRIEVED, TOO_LARGE, WRONG_CONTENT_TYPE, LineFault
from ivr.handset.transport import Reply

LARGEST_DOCUMENT = 64 * 1024  # bytes; error 11750
LONGEST_SAY = 4096  # characters; Say
LONGEST_ENCODED_SAY = 4500  # characters once URL-encoded, tags included


@dataclass(frozen=True)
class LineDocument:
    """One answer of the line as it came, for whoever wants to hold it against a schema."""

    url: str
    method: str
    status: int
    content_type: str
    xml: str


@dataclass
class OpenDocument:
    """The document being read: its address and the verbs not yet carried out."""

    url: str = ""
    verbs: Iterator[Element] = field(default_factory=lambda: iter(()))


def response_of(url: str, reply: Reply) -> Element:
    """The Response element of an answer that a carrier would accept. LineFault."""
    if not 200 <= reply.status < 300:
        raise LineFault(url, f"answered {reply.status}", NOT_RETRIEVED)
    if reply.content_type.partition(";")[0].strip().lower() not in ("text/xml", "application/xml"):
        raise LineFault(url, f"content type {reply.content_type!r}", WRONG_CONTENT_TYPE)
    if len(reply.body) > LARGEST_DOCUMENT:
        raise LineFault(url, f"{len(reply.body)} bytes, at most {LARGEST_DOCUMENT}", TOO_LARGE)
    try:
        response = ElementTree.fromstring(reply.body)
    except ElementTree.ParseError as error:
        raise LineFault(url, f"not XML: {error}", NOT_PARSED) from error
    if response.tag != "Response":
        raise LineFault(url, f"its root is <{response.tag}>, not <Response>", NOT_PARSED)
    return response


def too_long(say: Element) -> str:
    """What of a Say is too long; nothing where it can be said."""
    markup = "".join(ElementTree.tostring(child, "unicode") for child in say)
    text = "".join(say.itertext())
    if len(text) > LONGEST_SAY:
        return f"<Say> of {len(text)} characters, at most {LONGEST_SAY}"
    if (encoded := len(quote((say.text or "") + markup))) > LONGEST_ENCODED_SAY:
        return f"<Say> of {encoded} characters URL-encoded, at most {LONGEST_ENCODED_SAY}"
    return ""
