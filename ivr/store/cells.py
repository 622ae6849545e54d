"""Text in spreadsheets: what would be taken for a formula is made plain text, reversibly.

OWASP, CSV Injection: a cell that begins with = + - @, a tab or a carriage return is run by
spreadsheet programs; Japanese ones take the wide forms as well.
"""

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_MARK = "'"


def escape(text: str) -> str:
    """The text with an apostrophe before it where it would be run, or begins with one itself."""
    return _MARK + text if text[:1] in {*_FORMULA, _MARK} else text


def unescape(text: str) -> str:
    """The text as it was before `escape`."""
    return text[1:] if text[:1] == _MARK and text[1:2] in {*_FORMULA, _MARK} else text
