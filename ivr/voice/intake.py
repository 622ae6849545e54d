"""A person's recording, by upload, browser or telephone, made into a take (`ivr.voice.takes`).

    take, doubts = converted(content, language.pace, expected=4.2)

It is decoded and converted by FFmpeg and numpy, which a web worker must not load, and whose
mistakes must not be its own: `ivr.voice.booth` does that in another process. Importing this loads
neither.

What a file is, its first bytes decide, not its name: FFmpeg is told the format, since one that it
guesses itself may be a playlist, which opens other files. What is no sound file is told by what it
is. Whether it is the right recording is not decided here: see `ivr.voice.judging`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ivr.line.pronunciation import Pace
from ivr.line.speeds import Speed
from ivr.voice import takes
from ivr.voice.judging import Doubt, doubts, judged

if TYPE_CHECKING:
    from ivr.voice.sound import Pcm, Samples

MEGABYTE = 1_000_000
LARGEST = 20 * MEGABYTE  # bytes [own value]: over a minute of the largest usual kind, 48 kHz stereo of 24 bits
LONGEST = 60  # s [own value]: three passages of the longest allowed (R9); no bomb unfolds into more

SHORTEST = 0.2  # s of sound with its lead and tail: 0.09 s remain, half a mora (R7)

SILENT_DB = -60.0  # dBFS, active speech: the hiss of an open microphone into which nobody speaks
QUIET_DB = -45.0  # dBFS: 23 dB under what the line plays; raised by that, the noise of a room is heard
# Telephones deliver about -30 dBFS, a whisper across a desk -55.

# What is cut off lies in a row at the ceiling. Speech of two voices, made 10 dB too loud and cut, has 0.8 to 7 %
# of its samples there (WAV, mu-law, Opus, MP3); a limiter that holds it down 15 dB leaves 0.4 %, and loud speech
# that is whole 0.01 %. AAC smooths the tops: only gross distortion is found in it.
CEILING = 0.95  # of the loudest sample (0.98 in mu-law), or of full scale where a codec overshot it
ROW = 3  # samples
CLIPPED = 0.007  # of all samples from the first sound to the last

LOST = 0.25  # s: more than this and LOST_SHARE missing is no rounding of a codec's
LOST_SHARE = 0.02

UNTOLD = 0x7FFF0000  # bytes: a WAV file that tells more is from a writer who could not know

LOWEST, HIGHEST = 8_000, 192_000  # Hz: from a telephone to a studio; others would keep the resampler busy for long
CANCELLED = 0.3  # of the loudest channel's power: where two microphones hear different things, half of it stays
OVERSHOOT = 100.0  # times full scale: WAV of floating point may go beyond it, but no sound goes so far
CHANNELS = 8  # of the largest usual microphones; 255, which Vorbis allows, would fill the memory

_PCM = ("pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_u8", "pcm_f32le", "pcm_f64le", "pcm_mulaw", "pcm_alaw")
_PCM_BIG = ("pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_f32be", "pcm_f64be")
_ADPCM = ("adpcm_ima_wav", "adpcm_ms", "adpcm_g722", "g722", "adpcm_g726", "g726", "adpcm_yamaha", "gsm_ms")
_MP3 = ("mp3", "mp3float", "mp2", "mp2float")
_AMR = ("amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb")

KINDS: Mapping[str, tuple[str, ...]] = {
    "wav": (*_PCM, *_ADPCM, *_MP3),
    "w64": (*_PCM, *_ADPCM),
    "aiff": (*_PCM, *_PCM_BIG, "adpcm_ima_qt"),
    "caf": (*_PCM, *_PCM_BIG, "adpcm_ima_qt", "alac", "aac", "opus", "gsm_ms", *_MP3),
    "au": (*_PCM, *_PCM_BIG),
    "flac": ("flac",),
    "mp3": _MP3,
    "aac": ("aac",),
    "amr": _AMR,
    "asf": ("wmav1", "wmav2", "wmapro", "wmavoice", "wmalossless"),
    "gsm": ("gsm",),
    "ogg": ("opus", "vorbis", "flac", "speex"),
    "mov": ("aac", "alac", "opus", "flac", *_AMR, *_MP3, *_PCM, "pcm_s16be", "pcm_s24be"),
    "matroska": ("opus", "vorbis", "aac", "flac", *_MP3, "pcm_s16le", "pcm_s24le", "pcm_f32le"),
    "g722": ("g722", "adpcm_g722"),
}
"""FFmpeg's names of the formats, and of the decoders that may be used in each. None of them names other files."""

_G722, _MU_LAW, _A_LAW = "g722", 7, 6  # the laws by their number in WAV files (RFC 2361)
BARE: Mapping[str, str | int] = {
    "g722": _G722,
    **dict.fromkeys(("ulaw", "ul", "mulaw", "pcmu"), _MU_LAW),
    **dict.fromkeys(("alaw", "al", "pcma"), _A_LAW),
}
"""Sound of telephone systems that begins with nothing of its own: the ending of the file's name tells it,
where the first bytes are not those of anything else. G.711 is of 8 kHz (ITU-T G.711), and gets the header of a WAV."""

# Eleven bits of synchronisation; MPEG 1, 2 or 2.5, layer II or III, with or without a checksum.
_MPEG = tuple(
    bytes((0xFF, 0xE0 | version << 3 | layer << 1 | check))
    for version in (3, 2, 0)
    for layer in (1, 2)
    for check in (0, 1)
)
_ADTS = (b"\xff\xf0", b"\xff\xf1", b"\xff\xf8", b"\xff\xf9")  # AAC: twelve bits, layer 0
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_W64 = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_W64_REST = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_GSM_FRAME = 33  # bytes, each frame of which begins with 0xD (RFC 3551, 4.5.8.1)
_MPEG_TS_PACKET = 188
_ENTERED = (b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75")  # Segment and Cluster, of unknown length where recorded live


class Reason(StrEnum):
    """Why no take can be made of a recording."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    PICTURE = "picture"
    OTHER = "other"
    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    NO_SOUND = "no_sound"
    SILENT = "silent"
    TOO_QUIET = "too_quiet"
    CLIPPED = "clipped"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


class Unusable(Exception):
    """No take can be made of a recording, and why, for the person who sent it.

    `message` is a sentence in English that serves as the id of its translations; `facts` fill
    the places in it: ``_(error.message) % error.facts``.
    """

    def __init__(self, message: str, *, reason: Reason, **facts: object):
        self.message = message
        self.reason = reason
        self.facts: Mapping[str, object] = facts
        super().__init__(message % facts if facts else message)


def check_size(content: bytes) -> None:
    """Unusable where a recording is empty or larger than the line takes; nothing is read of it."""
    if not content:
        raise Unusable("There is nothing in the recording. Please record it again.", reason=Reason.EMPTY)
    if len(content) > LARGEST:
        raise Unusable(
            "The file is larger than %(megabytes)s MB. Record only this text, or save it as MP3.",
            reason=Reason.TOO_LARGE,
            megabytes=LARGEST // MEGABYTE,
        )


def converted(
    content: bytes, pace: Pace, expected: float, name: str = "", keys: bool = False
) -> tuple[bytes, tuple[Doubt, ...]]:
    """The take of a recording of a text that takes about `expected` seconds at normal pace, and what
    makes one doubt that it is that; `name`: what its file was called; `keys`: a key that is heard at
    either end is no part of it.

    Unusable where it is no sound file of a known kind, or no good for calls.
    """
    from ivr.voice.ends import without_keys

    check_size(content)
    heard = decoded(content, name)
    return made(Decoded(*without_keys(heard.sound, heard.loudest)) if keys else heard, pace, expected)


def made(heard: Decoded, pace: Pace, expected: float) -> tuple[bytes, tuple[Doubt, ...]]:
    """The take of a sound, and what makes one doubt it. Unusable."""
    from ivr.voice.sound import telephone_wav
    from ivr.voice.studio import recording

    found = judged(heard.sound)
    sound = checked(heard, found.voice)
    take = takes.pack({speed: telephone_wav(recording(sound, pace, speed)) for speed in Speed})
    return take, doubts(found, expected)


# --- What file it is, and whether it is whole -----------------------------------------------


def kind_of(content: bytes) -> str:
    """The format of a file by its first bytes, one of KINDS. Unusable when it is none of them, with what
    it is where that is known."""
    start = content[:16]
    known: tuple[tuple[str, bool], ...] = (
        ("wav", start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE"),
        ("w64", start == _W64),
        ("aiff", start[:4] == b"FORM" and start[8:12] in (b"AIFF", b"AIFC")),
        ("caf", start[:4] == b"caff"),
        ("au", start[:4] == b".snd"),
        ("flac", start[:4] == b"fLaC"),
        ("ogg", start[:4] == b"OggS"),
        ("matroska", start[:4] == b"\x1aE\xdf\xa3"),
        ("amr", start[:5] == b"#!AMR"),
        ("asf", start == _ASF),
        ("mp3", start[:3] == b"ID3" or start[:2] in _MPEG),
        ("aac", start[:2] in _ADTS),
        ("mov", start[4:8] == b"ftyp" and start[8:12] not in _PICTURE_BRANDS),
        ("gsm", _is_gsm(content)),
    )
    found = next((kind for kind, is_it in known if is_it), None)
    if found is None:
        raise _what_else(content) or _unknown()
    return found


def clothed(content: bytes, name: str) -> tuple[str, bytes]:
    """The format of a file (one of KINDS), and the file as a decoder takes it. Unusable as `kind_of`."""
    try:
        return kind_of(content), content
    except Unusable as error:
        bare = BARE.get(name.lower().rpartition(".")[2]) if error.reason is Reason.UNKNOWN else None
        if bare is None:
            raise
    if isinstance(bare, str):
        return bare, content
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, bare, 1, LOWEST, LOWEST, 1, 8)
    data = struct.pack("<4sI", b"data", len(content)) + content
    return "wav", struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def _is_gsm(content: bytes) -> bool:
    """Whether every frame begins as those of GSM 06.10 do. Silence in A-law begins so too, speech never does."""
    firsts = content[::_GSM_FRAME]
    return len(firsts) >= 8 and {first >> 4 for first in set(firsts)} == {0xD}


def unwrapped(content: bytes) -> bytes:
    """A file without what recorders and tag editors put before it: zeros before the first frame of an
    MP3, and an ID3 tag before anything that is no MP3."""
    bare = content.lstrip(b"\0")
    if content[:1] == b"\0" and bare[:2] in (*_MPEG, *_ADTS) and content[4:8] != b"ftyp":
        return bare
    behind = content[_after_tags(content) :]
    return behind if behind[:4] in (b"fLaC", b"RIFF") or behind[:2] in _ADTS else content


def _after_tags(content: bytes) -> int:
    """Where a file begins behind its ID3 tags (ID3v2.4, 3.1: sizes have seven bits a byte)."""
    start = 0
    while content[start : start + 3] == b"ID3" and len(content) >= start + 10:
        start += 10 + sum((byte & 127) << 7 * place for place, byte in enumerate(content[start + 9 : start + 5 : -1]))
    return start


_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS")
_VIDEOS = (b"FLV", b"\0\0\x01\xba", b"\0\0\x01\xb3", b".RMF")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!/", b"\xca\xfe\xba\xbe")
_OFFICE = (b"\xd0\xcf\x11\xe0", b"{\\rtf")
_OFFICE_INSIDE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis")


def _what_else(content: bytes) -> Unusable | None:  # noqa: PLR0911 (a table would hide what each looks at)
    """What a file is that is no sound file, in words; None where nobody knows."""
    start = content[:64]
    if start[:5] == b"%PDF-":
        return Unusable("This is a PDF, not a sound file. Choose the recording itself.", reason=Reason.OTHER)
    if start.startswith(_PICTURES) or _is_box(start, _PICTURE_BRANDS) or start[8:12] == b"WEBP":
        return Unusable("This is a picture, not a sound file. Choose the recording itself.", reason=Reason.OTHER)
    if start.startswith(_VIDEOS) or start[8:11] == b"AVI" or _is_transport_stream(content):
        return _video()
    if start.startswith(_OFFICE) or (start[:2] == b"PK" and any(each in content[:200] for each in _OFFICE_INSIDE)):
        return Unusable(
            "This is an office document, not a sound file. Choose the recording itself.", reason=Reason.OTHER
        )
    if start.startswith(_ARCHIVES):
        return Unusable(
            "This is a packed file, such as a ZIP. Unpack it, and send the sound in it.", reason=Reason.OTHER
        )
    if start[:4] == b"MThd":
        return Unusable("This is a MIDI file: notes, not a recording. Save it as sound.", reason=Reason.OTHER)
    if start.startswith(_PROGRAMS):
        return Unusable("This is a program, not a sound file.", reason=Reason.OTHER)
    if _is_text(content[:1024]):
        return Unusable(
            "This is a text, a web page or a list of files, not a sound file. Choose the recording itself.",
            reason=Reason.OTHER,
        )
    return None


def _is_box(start: bytes, brands: tuple[bytes, ...]) -> bool:
    return start[4:8] == b"ftyp" and start[8:12] in brands


def _is_transport_stream(content: bytes) -> bool:
    firsts = content[: 5 * _MPEG_TS_PACKET : _MPEG_TS_PACKET]
    return len(firsts) == 5 and set(firsts) == {0x47}


def _is_text(start: bytes) -> bool:
    """Whether it is letters: none of the bytes that no text has, and UTF-8 as far as it goes."""
    if len(start) < 4 or any(byte < 9 or 13 < byte < 32 for byte in start):
        return False
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 3  # a letter that is cut off
    return True


def is_cut_short(kind: str, content: bytes) -> bool:
    """Whether a file ends before it says that it does. Others do not tell here: see `_tells_length`."""
    look = {
        "wav": _wav_is_cut,
        "aiff": _form_is_cut,
        "au": _au_is_cut,
        "caf": lambda content: _chunks_are_cut(content, at=8, form=">4sq", name=b"data", whole=False),
        "w64": lambda content: _chunks_are_cut(content, at=40, form="<16sq", name=b"data" + _W64_REST, whole=True),
        "ogg": _ogg_is_cut,
        "mov": _boxes_are_cut,
        "matroska": _elements_are_cut,
    }.get(kind)
    return look is not None and look(content)


def _wav_is_cut(content: bytes) -> bool:
    """Whether the samples are fewer than told (RIFF). Who writes into a pipe does not know how many
    there will be, and tells none or as many as there can be: those files are whole."""
    return _chunk_is_cut(content, "<4sI", b"data")


def _form_is_cut(content: bytes) -> bool:
    """Whether the samples are fewer than told (AIFF: chunk SSND)."""
    return _chunk_is_cut(content, ">4sI", b"SSND")


def _chunk_is_cut(content: bytes, head: str, wanted: bytes) -> bool:
    """Whether a chunk tells of more than there is; its name and size stand as `head` says (struct)."""
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from(head, content, at)
        if name == wanted:
            return bool(size < UNTOLD and at + 8 + size > len(content))
        at += 8 + size + size % 2
    return False  # no samples at all: for the decoder to tell


def _au_is_cut(content: bytes) -> bool:
    """Whether the samples are fewer than told (Sun's audio files)."""
    start, size = struct.unpack_from(">II", content.ljust(12, b"\0"), 4)
    return bool(size < UNTOLD and start + size > len(content))


def _chunks_are_cut(content: bytes, at: int, form: str, name: bytes, whole: bool) -> bool:
    """Whether the samples are fewer than told, in a row of chunks from `at` on that each begin with a name
    and a size, `whole`: of all of the chunk, rounded up to eight bytes (Apple's CAF; Sony's Wave64)."""
    head = struct.calcsize(form)
    while at + head <= len(content):
        called, size = struct.unpack_from(form, content, at)
        body = size - head if whole else size
        if called == name:
            return bool(0 <= body < UNTOLD and at + head + body > len(content))
        if body < 0:
            return False  # for the decoder to tell
        at += head + body + (-size % 8 if whole else 0)
    return False


def _ogg_is_cut(content: bytes) -> bool:
    """Whether the last page is not all there (RFC 3533). That it is marked as the last one is not asked:
    the recorders of many telephones never do so."""
    page = content[content.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    whole = 27 + page[26] + sum(page[27 : 27 + page[26]])
    return len(page) < whole


def _boxes_are_cut(content: bytes) -> bool:
    """Whether the last box of an MP4 file is not all there (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(content):
        (size,) = struct.unpack_from(">I", content, at)
        if size == 1 and at + 16 <= len(content):
            (size,) = struct.unpack_from(">Q", content, at + 8)
        if size < 8:
            return False  # 0: up to the end; less: for the decoder to tell
        at += size
    return at > len(content)


def _elements_are_cut(content: bytes) -> bool:
    """Whether the last element of a WebM file is not all there (RFC 8794)."""
    at = 0
    while at < len(content):
        name, size, body = _element(content, at)
        if name in _ENTERED and (size is None or body + size <= len(content)):
            at = body
        elif size is None:
            return False  # no element: for the decoder to tell
        else:
            at = body + size
    return at > len(content)


def _element(content: bytes, at: int) -> tuple[bytes, int | None, int]:
    """An element's name, its size (None: unknown, or no element) and where its body begins."""
    size_at = at + _width(content, at)
    body = size_at + _width(content, size_at)
    most = (1 << 7 * (body - size_at)) - 1
    size = int.from_bytes(content[size_at:body], "big") & most
    return content[at:size_at], None if size == most else size, body


def _width(content: bytes, at: int) -> int:
    """Of how many bytes a number of EBML is: one more than the zeros that it begins with. 0: it is none."""
    return 9 - content[at].bit_length() if at < len(content) and content[at] else 0


def _tells_length(kind: str, content: bytes) -> bool:
    """Whether the file itself says how long it is. Of others FFmpeg guesses it from a bit rate."""
    if kind != "mp3":
        return kind in ("mov", "flac", "caf")
    start = _after_tags(content)
    first = content[start : start + 64]  # the frame that holds no sound: four bytes, at most 32 more, the tag
    return b"Xing" in first or b"Info" in first


# --- Decoding -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Decoded:
    """What is in a file: its channels as one, and of each sample the loudest channel's size."""

    sound: Samples
    loudest: Pcm


def decoded(content: bytes, name: str = "") -> Decoded:
    """What is in a sound file. Unusable where that cannot be told whole."""
    with opened(content, name, LONGEST) as (frames, told):
        return _heard(list(frames), told)


@contextmanager
def opened(content: bytes, name: str, longest: int) -> Iterator[tuple[Iterator[Any], float]]:
    """The frames of a sound file, which may last `longest` seconds, and how many seconds the file itself tells;
    0.0 where it tells none. Unusable, also while they are read."""
    import av

    kind, content = clothed(unwrapped(content), name)
    if is_cut_short(kind, content):
        raise _truncated()
    options = {"codec_whitelist": ",".join(KINDS[kind])}
    try:
        with av.open(
            io.BytesIO(content),
            format=kind,
            metadata_errors="replace",
            io_open=_no_other_file,
            container_options=options,
        ) as container:
            stream = _sound_stream(container, kind)
            told = float(stream.duration * stream.time_base) if _tells_length(kind, content) and stream.duration else 0
            yield _frames(container, stream, told > 0, longest), told
    except (av.FFmpegError, ValueError) as error:  # ValueError: PyAV's own, of sound that changes its form midway
        raise _damaged() from error


def _no_other_file(*_: object) -> Any:
    """No file may lead to another one."""
    raise _damaged()


def _sound_stream(container: Any, kind: str) -> Any:
    """The sound of a file; a picture of its cover may be there as well."""
    from av.stream import Disposition

    for stream in container.streams:
        if stream.type == "video" and not stream.disposition & Disposition.attached_pic:
            raise _video()
    if not container.streams.audio:
        raise _no_sound()
    sound = container.streams.audio[0]
    if sound.codec_context is None or sound.codec_context.codec.name not in KINDS[kind]:
        raise _unknown()
    return sound


def _frames(container: Any, stream: Any, tells_length: bool, longest: int) -> Iterator[Any]:
    """The sound piece by piece, as long as it is not too long."""
    import av

    seconds, spoiled = 0.0, False
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            spoiled = True
            continue
        if frames and spoiled:
            raise _damaged()
        for frame in frames:
            if not (LOWEST <= frame.sample_rate <= HIGHEST and frame.layout.nb_channels <= CHANNELS):
                raise _unknown()
            seconds += frame.samples / frame.sample_rate
            if seconds > longest:
                raise _too_long(longest)
            yield frame
    if spoiled and not tells_length:  # what comes after all that was told is no sound: MP3 ends with tags of any kind
        raise _damaged()


def _heard(frames: list[Any], told: float) -> Decoded:
    """All frames as one sound. Unusable where there are fewer than the file tells, in seconds or by its clock."""
    import numpy as np

    from ivr.voice.sound import Samples

    if not frames:
        raise _no_sound()
    rate = frames[0].sample_rate
    layout = frames[0].layout.nb_channels
    if any(frame.sample_rate != rate or frame.layout.nb_channels != layout for frame in frames):
        raise _damaged()
    seconds = sum(frame.samples for frame in frames) / rate
    must_be_whole(seconds, max(told, _clock(frames)))
    channels = np.concatenate([channels_of(frame) for frame in frames], axis=1)
    loudest = np.abs(channels).max(axis=0)
    if not loudest.max() < OVERSHOOT:  # so that what is no number is refused as well
        raise _damaged()
    return Decoded(Samples(_one_voice(channels), rate), loudest)


def must_be_whole(seconds: float, told: float) -> None:
    """Unusable where a file has fewer seconds than it tells."""
    if told - seconds > max(LOST, LOST_SHARE * seconds):
        raise _truncated()


def channels_of(frame: Any) -> Pcm:
    """A piece of sound: a row a channel, full scale at -1 and 1. By hand, since FFmpeg's own resampler
    dies of some layouts of eight channels (PyAV 18.1)."""
    import numpy as np

    samples, count = frame.to_ndarray(), frame.layout.nb_channels
    planes = samples if frame.format.is_planar else samples.reshape(-1, count).T
    if len(planes) != count:
        raise _damaged()
    if np.issubdtype(planes.dtype, np.floating):
        return np.asarray(planes, dtype=np.float32)
    full = float(2 ** (8 * planes.dtype.itemsize - 1))
    offset = full if np.issubdtype(planes.dtype, np.unsignedinteger) else 0.0
    return np.asarray((planes - offset) / full, dtype=np.float32)


def _one_voice(channels: Pcm) -> Pcm:
    """The channels as one: their average, or the loudest of them where the average has lost more than
    CANCELLED of it, as where the others are empty or the same upside down."""
    import numpy as np

    channels = channels - channels.mean(axis=1, keepdims=True)  # an offset of the microphone is nothing that is heard
    average = channels.mean(axis=0)
    powers = np.mean(np.square(channels, dtype=np.float64), axis=1)
    if np.mean(np.square(average, dtype=np.float64)) < CANCELLED * powers.max():
        return np.asarray(channels[int(powers.argmax())])
    return np.asarray(average)


def _clock(frames: list[Any]) -> float:
    """Seconds from the first frame to the end of the last by the times in the file; 0.0 where there are none."""
    first, last = frames[0], frames[-1]
    if first.time is None or last.time is None:
        return 0.0
    return float(last.time - first.time + last.samples / last.sample_rate)


# --- Whether it is good for calls -----------------------------------------------------------


def checked(heard: Decoded, voice: bool) -> Samples:
    """The sound at the rate that takes are made at. Unusable where callers would not understand it;
    `voice`: whether one was heard, since a tone always looks like one that is cut off."""
    from ivr.voice.sound import resampled
    from ivr.voice.telephone import STRETCH_RATE, active_level, trimmed

    sound = resampled(heard.sound, STRETCH_RATE)
    level, seconds = active_level(sound), trimmed(sound).seconds
    if not seconds or level < _amplitude(SILENT_DB):
        raise Unusable(
            "The recording is silent. Check that the right microphone is chosen and switched on.", reason=Reason.SILENT
        )
    if level < _amplitude(QUIET_DB):
        raise Unusable(
            "The recording is too quiet. Speak louder, or closer to the microphone.", reason=Reason.TOO_QUIET
        )
    if voice and cut_off(heard.loudest) > CLIPPED * seconds * heard.sound.rate:
        raise Unusable(
            "The recording is too loud and sounds distorted. Move away from the microphone, or turn it down.",
            reason=Reason.CLIPPED,
        )
    if seconds < SHORTEST:
        raise Unusable(
            "The recording is too short: no word was heard. Please record it again.", reason=Reason.TOO_SHORT
        )
    return sound


def cut_off(loudest: Pcm) -> int:
    """How many samples stand in rows at the ceiling, as where a microphone was shouted into."""
    import numpy as np

    ceiling = CEILING * min(float(loudest.max(initial=0.0)), 1.0)
    at_ceiling = np.concatenate(([False], loudest >= ceiling, [False]))
    begins, ends = np.flatnonzero(np.diff(at_ceiling)).reshape(-1, 2).T
    rows = ends - begins
    return int(rows[rows >= ROW].sum())


def _amplitude(decibel: float) -> float:
    return float(10 ** (decibel / 20))


def _too_long(longest: int) -> Unusable:
    if longest > LONGEST:
        return Unusable(
            "The recording is longer than %(minutes)s minutes. Send it in parts.",
            reason=Reason.TOO_LONG,
            minutes=longest // 60,
        )
    return Unusable(
        "The recording is longer than %(seconds)s seconds. Record only this text.",
        reason=Reason.TOO_LONG,
        seconds=longest,
    )


def _unknown() -> Unusable:
    return Unusable(
        "This is not a sound file of a kind that the line takes. Use WAV, MP3, M4A, OGG or WebM.",
        reason=Reason.UNKNOWN,
    )


def _video() -> Unusable:
    return Unusable("This is a video. Save its sound alone, and send that.", reason=Reason.PICTURE)


def _damaged() -> Unusable:
    return Unusable("The file is damaged and cannot be played. Please save or record it again.", reason=Reason.DAMAGED)


def _truncated() -> Unusable:
    return Unusable(
        "A part of the recording is missing: it was not saved or sent to its end. Please send it again.",
        reason=Reason.TRUNCATED,
    )


def _no_sound() -> Unusable:
    return Unusable("There is no sound in this file. Choose another one, or record it again.", reason=Reason.NO_SOUND)
