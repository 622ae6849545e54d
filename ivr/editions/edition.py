"""An edition: the files of the line, and which recordings and late translations go with them."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType

import tomlkit

from ivr.editions.texts import TextPlace, fact_of, texts, words_at
from ivr.line.chunks import is_fragment, said_by_itself
from ivr.line.language_files import READINGS
from ivr.line.loading import STRUCTURE, edition_of, load
from ivr.line.named_numbers import NO_NUMBERS, NumberSlots, directory, gives_number
from ivr.line.numbers import NoNumber, announced
from ivr.line.prompt_keys import fact_for_language, of_chunk, reading_of
from ivr.line.readings import Table, applied
from ivr.line.text import decoded
from ivr.line.values import Line
from ivr.line.words import Chunk

RECORDINGS = "recordings.toml"
RENEW = "renew.toml"
NOTHING: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """What a person records in one go: a chunk of a prompt, in one language. `chunk` is the
    key of `ivr.line.words.Chunk`."""

    language: str
    chunk: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A voice recording of exactly these words, as they are said, and where its audio is kept."""

    piece: Piece
    words: str
    audio: str

    def matches(self, words: str) -> bool:
        """Whether it still says what the prompt says."""
        return self.words == words


@dataclass(frozen=True)
class Edition:
    """The line whole and for ever: files (name -> bytes), two of which are written here:
    `recordings.toml` and `renew.toml`, absent where there is nothing to say."""

    files: Mapping[str, bytes]
    lent: Mapping[str, bytes] = field(default_factory=lambda: NOTHING, compare=False)
    """Files of the release that reads it, for prompts that came later than the edition."""

    def __hash__(self) -> int:
        return hash(self.id)

    @cached_property
    def id(self) -> str:
        """Its name in addresses, the same as its Line's: ten hexadecimal digits."""
        return edition_of(self.files)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all of it, which approval names. It begins with the id."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.files[name]).digest())
        return digest.hexdigest()

    @cached_property
    def texts(self) -> Mapping[TextPlace, str]:
        """Every text by its place."""
        return texts(self.files)

    @cached_property
    def line(self) -> Line:
        """The Line that it is. LineError where the files make none."""
        return _line(tuple(sorted(self.files.items())), tuple(sorted(self.lent.items())))

    @cached_property
    def recordings(self) -> Mapping[Piece, Recording]:
        """The recordings in it, whether their words still match or not."""
        rows = tomllib.loads(decoded(self.files.get(RECORDINGS, b""))).get("recording")
        found = (_recording(row) for row in rows) if isinstance(rows, list) else ()
        return MappingProxyType({recording.piece: recording for recording in found if recording})

    @cached_property
    def renew(self) -> frozenset[TextPlace]:
        """Texts that lag behind those of another language."""
        table = tomllib.loads(decoded(self.files.get(RENEW, b"")))
        lists = {file: keys for file, keys in table.items() if isinstance(keys, list)}
        return frozenset(TextPlace(file, key) for file, keys in lists.items() for key in keys if isinstance(key, str))

    @cached_property
    def readings(self) -> Mapping[str, Table]:
        """The table of readings of each language."""
        return MappingProxyType(_readings(self.texts))

    @property
    def pieces(self) -> Mapping[Piece, Chunk]:
        """Everything in it that can be recorded."""
        return pieces_with(self, frozenset())

    def sound(self, language: str, chunk: Chunk) -> str | None:
        """The address of the audio to play for a chunk; None where no recording says exactly
        its words, so that they are spoken."""
        recording = self.recordings.get(Piece(language, chunk.key))
        return recording.audio if recording and recording.matches(chunk.spoken) else None


def _recording(row: object) -> Recording | None:
    """A row of the file of recordings; None where somebody else wrote it, and its words are spoken."""
    match row:
        case {"language": str(language), "chunk": str(chunk), "words": str(words), "audio": str(audio)}:
            return Recording(Piece(language, chunk), words, audio)
    return None


def complete(
    files: Mapping[str, bytes],
    recordings: Iterable[Recording],
    renew: Iterable[TextPlace],
    lent: Mapping[str, bytes] = NOTHING,
) -> Edition:
    """The edition of these files with these recordings and late translations; `lent` as in Edition."""
    beside = {RECORDINGS: _recordings_file(recordings), RENEW: _renew_file(renew)}
    plain = {name: content for name, content in files.items() if name not in beside}
    written = {name: content for name, content in beside.items() if content}
    return Edition(MappingProxyType({**plain, **written}), lent)


def pieces(words: Mapping[TextPlace, str]) -> Mapping[Piece, Chunk]:
    """Everything that can be recorded, as the Line has it; texts whose marks are wrong are passed
    over, and words that are never said by themselves: of days, times and digits."""
    readings = {language: frozenset(table.items()) for language, table in _readings(words).items()}
    slots = {code: number_slots(words, code) for code in {place.language for place in words} if code}
    return MappingProxyType(
        {
            Piece(place.language, chunk.key): chunk
            for place, text in words.items()
            if place.language is not None and place.prompt and said_by_itself(place.key)
            for chunk in _chunks(
                place.key,
                text,
                readings.get(place.language, frozenset()),
                slots[place.language] if gives_number(text) else NO_NUMBERS,
            )
            if not chunk.mute
        }
    )


@lru_cache(maxsize=16)  # a page of a draft asks several times, and most drafts change few texts [own value]
def pieces_with(base: Edition, changed: frozenset[tuple[TextPlace, str]]) -> Mapping[Piece, Chunk]:
    """The same of the texts of an edition, some of them changed."""
    return pieces({**base.texts, **dict(changed)})


def number_slots(words: Mapping[TextPlace, str], language: str) -> NumberSlots:
    """The telephone numbers that words in a language give by name, as the Line of these texts has them."""
    mine = words_at(language, "").file
    prompts = {place.key: text for place, text in words.items() if place.file == mine}
    spaces = written_with_blanks(words, language)
    everywhere, here = dict[str, tuple[str, ...]](), dict[str, tuple[str, ...]]()
    others = dict[str, str]()
    for place, text in words.items():
        if place.file != STRUCTURE:
            continue
        found = _numbers(text) if place.reads or place.names_number else ()
        if place.reads:
            of, _ = fact_for_language(place.parts.part)
            (here if of == language else {} if of else everywhere)[place.parts.node] = found
        elif found:
            others[place.parts.part] = found[0]
    return NumberSlots.of_texts(prompts, spaces, directory(everywhere | here, others))


def _numbers(text: str) -> tuple[str, ...]:
    """The telephone numbers of a fact, as they are read; none where it is none."""
    try:
        fact = fact_of(text)
        written = (fact,) if isinstance(fact, str) else fact if isinstance(fact, tuple) else ()
        return tuple(map(announced, written))
    except (NoNumber, tomllib.TOMLDecodeError):
        return ()


def prompt_of(piece: Piece) -> TextPlace:
    """The place of the prompt that a piece is of."""
    return words_at(piece.language, of_chunk(piece.chunk))


def unrecorded(edition: Edition) -> tuple[Piece, ...]:
    """The pieces without a recording of their words, but for those that nobody would record alone."""
    found, texts = edition.recordings, edition.texts
    spaces = {code: written_with_blanks(texts, code) for code in {place.language for place in texts} if code}
    return tuple(
        piece
        for piece, chunk in edition.pieces.items()
        if not (piece in found and found[piece].matches(chunk.spoken))
        and not is_fragment(chunk, spaces[piece.language])
    )


def written_with_blanks(texts: Mapping[TextPlace, str], language: str) -> bool:
    """Whether a language puts blanks between its words, as its file says."""
    return texts.get(words_at(language, "language.spaces"), "") != "false"


@lru_cache(maxsize=32)  # a draft is looked at, judged and approved as the same bytes [own value]
def _line(files: tuple[tuple[str, bytes], ...], lent: tuple[tuple[str, bytes], ...]) -> Line:
    """The Line of these files, with what is lent. LineError."""
    return load(dict(files), dict(lent))


@lru_cache(maxsize=8192)  # a line has about 500 texts in two languages; of a draft few are new [own value]
def _chunks(key: str, text: str, readings: frozenset[tuple[str, str]], slots: NumberSlots) -> tuple[Chunk, ...]:
    """The chunks of a prompt that a person records, as the Line has them."""
    table = dict(readings)
    try:
        return slots.without_long_ones(key, text).read_as(lambda spans: applied(table, spans)).chunks()
    except ValueError:
        return ()


def _readings(words: Mapping[TextPlace, str]) -> dict[str, dict[str, str]]:
    """The table of readings of each language."""
    tables: dict[str, dict[str, str]] = {}
    for place, reading in words.items():
        language, written = reading_of(place.key)
        if place.file == READINGS and reading:
            tables.setdefault(language, {})[written] = reading
    return tables


def _recordings_file(recordings: Iterable[Recording]) -> bytes:
    rows = tomlkit.aot()
    for recording in sorted(recordings, key=lambda each: each.piece):
        row = tomlkit.table()
        row["language"], row["chunk"] = recording.piece.language, recording.piece.chunk
        row["words"], row["audio"] = recording.words, recording.audio
        rows.append(row)
    return tomlkit.dumps({"recording": rows}).encode() if rows else b""


def _renew_file(renew: Iterable[TextPlace]) -> bytes:
    table: dict[str, list[str]] = {}
    for place in sorted(renew):
        table.setdefault(place.file, []).append(place.key)
    return tomlkit.dumps(table).encode() if table else b""
