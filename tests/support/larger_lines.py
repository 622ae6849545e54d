"""Lines that are larger than the shipped one, for what must not grow with them."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import tomlkit
from tomlkit import TOMLDocument

from tests.support.languages import FILES

OPTIONS = 4


def with_texts(times: int) -> dict[str, bytes]:
    """The shipped files with so many times their texts, each copy with a name and a word of its own, in menus beneath
    one of the first menu's."""
    documents = {name: tomlkit.parse(FILES[f"{name}.toml"].decode()) for name in ("line", "ja", "en")}
    line = documents["line"]
    texts = list(line["text"])
    nodes = [_copy(documents, text, number) for number in range(1, times) for text in texts]
    top = line["menu"]["about"]["options"][: OPTIONS - 1]
    level = 0
    while len(nodes) > 1:
        nodes = [_menu(documents, f"more_{level}_{at}", some) for at, some in enumerate(_pieces(nodes, OPTIONS))]
        level += 1
    line["menu"]["about"]["options"] = [*top, *nodes] if nodes else line["menu"]["about"]["options"]
    return {**FILES, **{f"{name}.toml": tomlkit.dumps(document).encode() for name, document in documents.items()}}


def _copy(documents: dict[str, TOMLDocument], text: str, number: int) -> str:
    """Another text of the same words."""
    name = f"{text}_{number}"
    for code, document in documents.items():
        document["text"][name] = {**document["text"][text].unwrap()}
        if code != "line":
            document["text"][name]["name"] = f"{document['text'][text]['name']}{number}"
            document["words"][name] = [f"{_word(code)}{number} {text}"]
    return name


def _menu(documents: dict[str, TOMLDocument], name: str, options: list[str]) -> str:
    """A menu of these; where there is but one, that."""
    if len(options) == 1:
        return options[0]
    documents["line"]["menu"][name] = {"options": options, "desks": ["city"]}
    for code in ("ja", "en"):
        words: Any = documents[code]
        words["menu"][name] = {
            "name": f"{_word(code)} {name}",
            "option": {"ja": f"{name}は、", "en": f"For {name},"}[code],
        }
        words["words"][name] = [f"{_word(code)} {name}"]
    return name


def _word(code: str) -> str:
    return {"ja": "写し", "en": "copy"}[code]


def _pieces(nodes: list[str], size: int) -> Iterator[list[str]]:
    waiting = iter(list(nodes))
    while some := list(islice(waiting, size)):
        yield some
