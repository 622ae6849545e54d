"""The call flow as a Mermaid flowchart."""

from collections.abc import Iterator

from ivr.line.values import Language, Line

_SHAPES = {"menu": ("{{", "}}"), "text": ("[", "]"), "desk": ("([", "])")}


def mermaid(line: Line, language: str) -> str:
    """The line's tree with the keys on its arrows, named in `language`."""
    words = line.languages[language]
    return "\n".join(("flowchart LR", *_nodes(line, words), *_arrows(line, words), ""))


def _nodes(line: Line, words: Language) -> Iterator[str]:
    for kind, keys in (("menu", line.menus), ("text", line.texts), ("desk", line.desks)):
        opening, closing = _SHAPES[kind]
        for key in keys:
            name = words.prompts[f"{kind}.{key}.name"].chunks()[0].written
            yield f'    {key}{opening}"{name}"{closing}'


def _arrows(line: Line, words: Language) -> Iterator[str]:
    for menu in line.menus.values():
        for number, option in enumerate(menu.options, 1):
            yield f"    {menu.key} -->|{number}| {option}"
        if menu.key == line.start and len(line.languages) > 1:
            others = ", ".join(language.name for language in line.languages.values() if language is not words)
            yield f'    {menu.key} -->|{len(menu.options) + 1}| language(["{others}"])'
    for text in line.texts.values():
        for number, choice in enumerate(text.choices, 1):
            yield f"    {text.key} -.->|{number}| {choice}"
