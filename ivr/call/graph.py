"""The call flow as a Mermaid flowchart."""

from collections.abc import Iterator

from ivr.line.prompt_keys import NAME, of_node
from ivr.line.tree import branches, kind_of, language_doors, languages_behind, ways_on
from ivr.line.values import Kind, Language, Line

_SHAPES = {Kind.MENU: ("{{", "}}"), Kind.TEXT: ("[", "]"), Kind.DESK: ("([", "])")}
_ARROWS = {Kind.MENU: "-->", Kind.TEXT: "-.->"}
"""Where menus and texts lead to; a desk leads nowhere."""


def mermaid(line: Line, language: str) -> str:
    """The line's tree with the keys on its arrows, named in `language`."""
    words = line.languages[language]
    return "\n".join(("flowchart LR", *_nodes(line, words), *_arrows(line, words), ""))


def _nodes(line: Line, words: Language) -> Iterator[str]:
    for kind, nodes in branches(line):
        opening, closing = _SHAPES[kind]
        for node in nodes:
            name = words.prompts[of_node(kind, node, NAME)].chunks()[0].written
            yield f'    {_id(line, node)}{opening}"{name}"{closing}'


def _arrows(line: Line, words: Language) -> Iterator[str]:
    for kind, nodes in branches(line):
        for node in nodes:
            for number, there in enumerate(ways_on(line, node), 1):
                yield f"    {_id(line, node)} {_ARROWS[kind]}|{number}| {_id(line, there)}"
            if node == line.start:
                yield from _to_languages(line, words)


def _to_languages(line: Line, words: Language) -> Iterator[str]:
    for number, door in enumerate(language_doors(line, words.code), len(ways_on(line, line.start)) + 1):
        names = ", ".join(line.languages[code].name for code in languages_behind(line, words.code, door))
        yield f'    {_id(line, line.start)} -->|{number}| language(["{names}"])'


def _id(line: Line, node: str) -> str:
    """A name that is no word of Mermaid's own, as `call` and `end` are."""
    return f"{kind_of(line, node)}_{node}"
