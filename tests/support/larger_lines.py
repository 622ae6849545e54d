"""Lines that are larger than the shipped one, for what must not grow with them: by their files, or by what staff
have done beside these."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomlkit
from tomlkit import TOMLDocument

from ivr.editions import library
from ivr.editions.edition import Edition, Recording, complete
from ivr.editions.office import Office
from ivr.editions.timeline import PublicationKind
from ivr.line.speeds import Speed
from ivr.store import blobs
from ivr.voice import takes
from tests.support.clock import MOMENT
from tests.support.languages import FILES
from tests.support.stores import APPROVER, EDITOR
from tests.support.town import Town, open_town
from tests.support.voices import WAV

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


# --- what staff have done -----------------------------------------------------------------------


def past_alerts(office: Office, many: int) -> None:
    """So many alerts, all of yesterday, that calls under way may still meet."""
    for number in range(many):
        at = MOMENT - timedelta(hours=20, minutes=number)
        _warn(office, number, at, at + timedelta(minutes=30))


def alerts_in_force(office: Office, many: int) -> None:
    """So many alerts that began one after another and are all heard at MOMENT and for an hour."""
    for number in range(many):
        _warn(office, number, MOMENT - timedelta(minutes=number % 60), MOMENT + timedelta(hours=1, minutes=number))


def _warn(office: Office, number: int, start: datetime, end: datetime) -> None:
    words = {"ja": f"{number}番目の注意です。", "en": f"Warning number {number}."}
    office.announcements.warn(words, start, end, EDITOR, start, partly=True)


def closures(office: Office, many: int) -> None:
    """The city's desk closed so many times: at MOMENT, and again every ten minutes."""
    for number in range(many):
        at = MOMENT + timedelta(minutes=10 * number)
        office.announcements.close("city", at, at + timedelta(minutes=5), EDITOR, MOMENT)


def publications(office: Office, many: int) -> None:
    """So many editions, one every three days, each with another comment."""
    files = office.library.shipped.files
    with office.database.writing() as connection:
        for number in range(many):
            at = MOMENT - timedelta(days=3 * (many - number))
            edition = Edition(MappingProxyType({**files, "ja.toml": files["ja.toml"] + f"# {number}\n".encode()}))
            library.keep(connection, edition, library.DRAFTED, at)
            library.append(connection, PublicationKind.PUBLISH, APPROVER, at, at, edition=edition.id)


def recordings(office: Office, many: int) -> None:
    """An edition with recordings of so many pieces, or of all that there are: the passages of texts last."""
    shipped, take = office.library.shipped, takes.pack(dict.fromkeys(Speed, WAV))
    pieces = sorted(shipped.pieces.items(), key=lambda item: ".passages." in item[0].chunk)[:many]
    found = [Recording(piece, chunk.spoken, blobs.address(take)) for piece, chunk in pieces]
    edition = complete(shipped.files, found, ())
    with office.database.writing() as connection:
        blobs.keep(connection, take)
        library.keep(connection, edition, library.DRAFTED, MOMENT)
        library.append(connection, PublicationKind.PUBLISH, APPROVER, MOMENT, MOMENT, edition=edition.id)


@contextmanager
def town_of(files: Mapping[str, bytes]) -> Iterator[Town]:
    """A city hall whose line was shipped with these files."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        (folder / "prompts").mkdir()
        for name, content in files.items():
            (folder / "prompts" / name).write_bytes(content)
        with open_town(folder / "data", PROMPTS_DIR=str(folder / "prompts")) as town:
            yield town
