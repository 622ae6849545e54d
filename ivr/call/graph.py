"""The call flow as a Mermaid flowchart."""

from collections.abc import Collection, Iterator

from ivr.line.values import Language, Line

_SHAPES = {"menu": ("{{", "}}"), "text": ("[", "]"), "desk": ("([", "])")}


def mermaid(line: Line, language: str) -> str:
    """The line's tree with the keys on its arrows, named in `language`."""
    words = line.languages[language]
    return "\n".join(("flowchart LR", *_nodes(line, words), *_arrows(line, words), ""))


def _nodes(line: Line, words: Language) -> Iterator[str]:
    for kind, keys in _kinds(line):
        opening, closing = _SHAPES[kind]
        for key in keys:
            name = words.prompts[f"{kind}.{key}.name"].chunks()[0].written
            yield f'    {_id(line, key)}{opening}"{name}"{closing}'


def _arrows(line: Line, words: Language) -> Iterator[str]:
    for menu in line.menus.values():
        for number, option in enumerate(menu.options, 1):
            yield f"    {_id(line, menu.key)} -->|{number}| {_id(line, option)}"
        if menu.key == line.start and len(line.languages) > 1:
            others = ", ".join(language.name for language in line.languages.values() if language is not words)
            yield f'    {_id(line, menu.key)} -->|{len(menu.options) + 1}| language(["{others}"])'
    for text in line.texts.values():
        for number, choice in enumerate(text.choices, 1):
            yield f"    {_id(line, text.key)} -.->|{number}| {_id(line, choice)}"


def _id(line: Line, key: str) -> str:
    """A name that is no word of Mermaid's own, as `call` and `end` are."""
    return f"{next(kind for kind, keys in _kinds(line) if key in keys)}_{key}"


def _kinds(line: Line) -> tuple[tuple[str, Collection[str]], ...]:
    return ("menu", line.menus), ("text", line.texts), ("desk", line.desks)
