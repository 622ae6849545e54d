"""A person's recording, by upload, browser or telephone, made into a take (`ivr.voice.takes`).

    take = converted(content, "ja", expected=4.2)

It is decoded and converted by FFmpeg and numpy, which a web worker must not load, and whose
mistakes must not be its own: `ivr.voice.booth` does that in another process. Importing this loads
neither.

What a file is, its first bytes decide, not its name: FFmpeg is told the format, since one that it
guesses itself may be a playlist, which opens other files.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ivr.line.speeds import Speed
from ivr.voice import takes

if TYPE_CHECKING:
    from ivr.voice.sound import Pcm, Samples

MEGABYTE = 1_000_000
LARGEST = 20 * MEGABYTE  # bytes [own value]: over a minute of the largest usual kind, 48 kHz stereo of 24 bits
LONGEST = 60  # s [own value]: three passages of the longest allowed (R9); no bomb unfolds into more

SHORTEST = 0.2  # s of sound with its lead and tail: 0.09 s remain, half a mora (R7)
LEAST = 0.4  # of the time that a text takes at normal pace: 825 morae a minute, faster than people read aloud
MOST = 2.5  # of that time: 132 morae a minute, half of slow
REST = 2.0  # s more: a pause to breathe, of which short texts have as many as long ones

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
OVERSHOOT = 100.0  # times full scale: WAV of floating point may go beyond it, but no sound goes so far
CHANNELS = 8  # of the largest usual microphones; 255, which Vorbis allows, would fill the memory

KINDS: Mapping[str, tuple[str, ...]] = {
    "wav": ("pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_u8", "pcm_f32le", "pcm_f64le", "pcm_mulaw", "pcm_alaw"),
    "mp3": ("mp3", "mp3float"),
    "ogg": ("opus", "vorbis", "flac"),
    "mov": ("aac", "alac", "opus"),
    "matroska": ("opus", "vorbis", "pcm_f32le"),
}
"""FFmpeg's names of the formats, and of the decoders that may be used in each."""

# Eleven bits of synchronisation, MPEG 1, 2 or 2.5, layer III, with or without a checksum.
_MPEG = (b"\xff\xfa", b"\xff\xfb", b"\xff\xf2", b"\xff\xf3", b"\xff\xe2", b"\xff\xe3")
_ENTERED = (b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75")  # Segment and Cluster, of unknown length where recorded live


class Reason(StrEnum):
    """Why no take can be made of a recording."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    PICTURE = "picture"
    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    NO_SOUND = "no_sound"
    SILENT = "silent"
    TOO_QUIET = "too_quiet"
    CLIPPED = "clipped"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LESS_THAN_TEXT = "less_than_text"
    MORE_THAN_TEXT = "more_than_text"


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


def converted(content: bytes, language: str, expected: float) -> bytes:
    """The take of a recording of a text that takes about `expected` seconds at normal pace.

    Unusable where it is no sound file of a known kind, or no good for calls.
    """
    from ivr.voice.sound import telephone_wav
    from ivr.voice.studio import recording

    check_size(content)
    sound = checked(decoded(content), expected)
    return takes.pack({speed: telephone_wav(recording(sound, language, speed)) for speed in Speed})


# --- What file it is, and whether it is whole -----------------------------------------------


def kind_of(content: bytes) -> str:
    """The format of a file by its first bytes, one of KINDS. Unusable when it is none of them."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content[:4] == b"OggS":
        return "ogg"
    if content[4:8] == b"ftyp":
        return "mov"
    if content[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if content[:3] == b"ID3" or content[:2] in _MPEG:
        return "mp3"
    raise _unknown()


def is_cut_short(kind: str, content: bytes) -> bool:
    """Whether a file ends before it says that it does. MP3 does not tell here: see `_tells_length`."""
    match kind:
        case "wav":
            return _wav_is_cut(content)
        case "ogg":
            return _ogg_is_cut(content)
        case "mov":
            return _boxes_are_cut(content)
        case "matroska":
            return _elements_are_cut(content)
    return False


def _wav_is_cut(content: bytes) -> bool:
    """Whether the samples are fewer than told (RIFF). Who writes into a pipe does not know how many
    there will be, and tells none or as many as there can be: those files are whole."""
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        if name == b"data":
            return bool(size < UNTOLD and at + 8 + size > len(content))
        at += 8 + size + size % 2
    return False  # no samples at all: for the decoder to tell


def _ogg_is_cut(content: bytes) -> bool:
    """Whether the last page is not all there, or is not marked as the last of its stream (RFC 3533)."""
    page = content[content.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    whole = 27 + page[26] + sum(page[27 : 27 + page[26]])
    return len(page) < whole or not page[5] & 4


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
    """Whether the file itself says how long it is. Of other MP3 FFmpeg guesses it from a bit rate."""
    if kind != "mp3":
        return kind == "mov"
    start = 0
    while content[start : start + 3] == b"ID3" and len(content) >= start + 10:
        start += 10 + sum((byte & 127) << 7 * place for place, byte in enumerate(content[start + 9 : start + 5 : -1]))
    first = content[start : start + 64]  # the frame that holds no sound: four bytes, at most 32 more, the tag
    return b"Xing" in first or b"Info" in first


# --- Decoding -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Heard:
    """What is in a file: its channels averaged, and of each sample the loudest channel's size."""

    sound: Samples
    loudest: Pcm


def decoded(content: bytes) -> Heard:
    """What is in a sound file. Unusable where that cannot be told whole."""
    import av

    kind = kind_of(content)
    if is_cut_short(kind, content):
        raise _truncated()
    try:
        with av.open(
            io.BytesIO(content),
            format=kind,
            metadata_errors="replace",
            io_open=_no_other_file,
            container_options={"codec_whitelist": ",".join(KINDS[kind])},
        ) as container:
            stream = _sound_stream(container, kind)
            told = float(stream.duration * stream.time_base) if _tells_length(kind, content) and stream.duration else 0
            return _heard(list(_frames(container, stream, told > 0)), told)
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
            raise Unusable("This is a video. Save its sound alone, and send that.", reason=Reason.PICTURE)
    if not container.streams.audio:
        raise _no_sound()
    sound = container.streams.audio[0]
    if sound.codec_context is None or sound.codec_context.codec.name not in KINDS[kind]:
        raise _unknown()
    return sound


def _frames(container: Any, stream: Any, tells_length: bool) -> Iterator[Any]:
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
            if seconds > LONGEST:
                raise Unusable(
                    "The recording is longer than %(seconds)s seconds. Record only this text.",
                    reason=Reason.TOO_LONG,
                    seconds=LONGEST,
                )
            yield frame
    if spoiled and not tells_length:  # what comes after all that was told is no sound: MP3 ends with tags of any kind
        raise _damaged()


def _heard(frames: list[Any], told: float) -> Heard:
    """All frames as one sound. Unusable where there are fewer than the file tells, in seconds or by its clock."""
    import av
    import numpy as np

    from ivr.voice.sound import Samples

    if not frames:
        raise _no_sound()
    rate = frames[0].sample_rate
    if any(frame.sample_rate != rate for frame in frames):
        raise _damaged()
    seconds = sum(frame.samples for frame in frames) / rate
    if max(told, _clock(frames)) - seconds > max(LOST, LOST_SHARE * seconds):
        raise _truncated()
    planar = av.AudioResampler(format="fltp")
    channels = [part.to_ndarray() for frame in frames for part in planar.resample(frame)]
    loudest = np.concatenate([np.abs(part).max(axis=0) for part in channels])
    if not loudest.max() < OVERSHOOT:  # so that what is no number is refused as well
        raise _damaged()
    sound = np.concatenate([part.mean(axis=0) for part in channels])
    sound -= sound.mean()  # an offset of the microphone is nothing that is heard
    return Heard(Samples(sound, rate), loudest)


def _clock(frames: list[Any]) -> float:
    """Seconds from the first frame to the end of the last by the times in the file; 0.0 where there are none."""
    first, last = frames[0], frames[-1]
    if first.time is None or last.time is None:
        return 0.0
    return float(last.time - first.time + last.samples / last.sample_rate)


# --- Whether it is good for calls -----------------------------------------------------------


def checked(heard: Heard, expected: float) -> Samples:
    """The sound at the rate that takes are made at. Unusable where callers would not understand it,
    or where it is clearly not the text, which takes about `expected` seconds."""
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
    if cut_off(heard.loudest) > CLIPPED * seconds * heard.sound.rate:
        raise Unusable(
            "The recording is too loud and sounds distorted. Move away from the microphone, or turn it down.",
            reason=Reason.CLIPPED,
        )
    _check_length(seconds, expected)
    return sound


def cut_off(loudest: Pcm) -> int:
    """How many samples stand in rows at the ceiling, as where a microphone was shouted into."""
    import numpy as np

    ceiling = CEILING * min(float(loudest.max(initial=0.0)), 1.0)
    at_ceiling = np.concatenate(([False], loudest >= ceiling, [False]))
    begins, ends = np.flatnonzero(np.diff(at_ceiling)).reshape(-1, 2).T
    rows = ends - begins
    return int(rows[rows >= ROW].sum())


def _check_length(seconds: float, expected: float) -> None:
    """Unusable where sound of so many seconds, the silence around it left out, is not the text."""
    facts = {"seconds": f"{seconds:.1f}", "expected": f"{expected:.1f}"}
    if seconds < SHORTEST:
        raise Unusable(
            "The recording is too short: no word was heard. Please record it again.", reason=Reason.TOO_SHORT
        )
    if seconds < LEAST * expected:
        raise Unusable(
            "The recording lasts %(seconds)s seconds, but the text takes about %(expected)s. "
            "The end seems to be missing, or this is another text.",
            reason=Reason.LESS_THAN_TEXT,
            **facts,
        )
    if seconds > MOST * expected + REST:
        raise Unusable(
            "The recording lasts %(seconds)s seconds, but the text takes only about %(expected)s. "
            "There seems to be more in it than this text.",
            reason=Reason.MORE_THAN_TEXT,
            **facts,
        )


def _amplitude(decibel: float) -> float:
    return float(10 ** (decibel / 20))


def _unknown() -> Unusable:
    return Unusable(
        "This is not a sound file of a kind that the line takes. Use WAV, MP3, M4A, OGG or WebM.",
        reason=Reason.UNKNOWN,
    )


def _damaged() -> Unusable:
    return Unusable("The file is damaged and cannot be played. Please save or record it again.", reason=Reason.DAMAGED)


def _truncated() -> Unusable:
    return Unusable(
        "A part of the recording is missing: it was not saved or sent to its end. Please send it again.",
        reason=Reason.TRUNCATED,
    )


def _no_sound() -> Unusable:
    return Unusable("There is no sound in this file. Choose another one, or record it again.", reason=Reason.NO_SOUND)
