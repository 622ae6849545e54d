"""One long file of many texts: cut at its pauses, each piece with its text to keep, move or refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.editions.edition import Piece
from ivr.editions.long_recordings import CutOut, LongRecording, LongRecordings
from ivr.editions.reading_order import ToRead, those
from ivr.line.text import whole
from ivr.line.values import Language
from ivr.people.refusals import Later, NotFound, Refused
from ivr.people.rights import Right
from ivr.people.telling import Told
from ivr.staff.area import area, needs
from ivr.staff.context import REFRESH, console, me, now, office, page, said, tell, unusable
from ivr.staff.sitting_pages import all_texts, asked
from ivr.staff.voice_pages import LARGEST_FORM
from ivr.voice import intake
from ivr.voice.cutters import Cut, ReadScript, ReadText
from ivr.voice.intake import Unusable
from ivr.voice.judging import Doubt
from ivr.voice.pace import estimated_seconds

KEEP, REFUSE, LATER = "keep", "refuse", "later"
"""What is done with a piece."""


@dataclass(frozen=True, slots=True)
class Row:
    """A piece as its page shows it: the number of its text, as it is or was typed, that text, and what is chosen."""

    cut: CutOut
    number: str
    text: ToRead | None
    choice: str

    @property
    def minute(self) -> str:
        """Where in the file it is."""
        return f"{int(self.cut.start) // 60}:{int(self.cut.start) % 60:02}"


@area.get("/drafts/<int:draft>/sitting/<code>/file")
def long_files(draft: int, code: str) -> ResponseReturnValue:
    return _files(draft, code)


@area.post("/drafts/<int:draft>/sitting/<code>/file")
@needs(Right.RECORD, LARGEST_FORM)
def send_long_file(draft: int, code: str) -> ResponseReturnValue:
    language = console().language(code, draft)
    try:
        content, name = _sent()
        number = office().long_recordings.begin(draft, code, name, me(), now())
        _begin(number, content, name, _script(draft, language))
    except Unusable as error:
        return _files(draft, code, unusable(error))
    except Refused as error:
        return _files(draft, code, said(error), 503 if isinstance(error, Later) else 409)
    return redirect(url_for("staff.long_file", draft=draft, code=code, number=number), 303)


@area.get("/drafts/<int:draft>/sitting/<code>/file/<int:number>")
def long_file(draft: int, code: str, number: int) -> ResponseReturnValue:
    return _file(draft, code, number)


@area.get("/drafts/<int:draft>/sitting/<code>/file/<int:number>/cut")
def long_file_cut(draft: int, code: str, number: int) -> Response:
    """Whether it is cut: for the script of the page that waits for it."""
    return Response(status=202 if _found(draft, code, number).working else 204)


@area.post("/drafts/<int:draft>/sitting/<code>/file/<int:number>")
@needs(Right.RECORD)
def decide_on_cuts(draft: int, code: str, number: int) -> ResponseReturnValue:
    found = _found(draft, code, number)
    choices = {each.seq: request.form.get(f"do-{each.seq}", LATER) for each in found.cuts}
    try:
        pieces = _pieces(all_texts(draft, console().language(code, draft)), choices)
        refused = [seq for seq, choice in choices.items() if choice == REFUSE]
        count = office().long_recordings.decide(number, pieces, refused, me(), now())
    except Refused as error:
        return _file(draft, code, number, said(error))
    tell("Recordings put into the draft: %(count)s.", count=count)
    if _found(draft, code, number).cuts:
        return redirect(url_for("staff.long_file", draft=draft, code=code, number=number), 303)
    return redirect(url_for("staff.sitting", draft=draft, code=code), 303)


@area.post("/drafts/<int:draft>/sitting/<code>/file/<int:number>/throw-away")
@needs(Right.RECORD)
def throw_long_file_away(draft: int, code: str, number: int) -> ResponseReturnValue:
    _found(draft, code, number)
    office().long_recordings.throw_away(number, me(), now())
    tell("The file was thrown away.")
    return redirect(url_for("staff.long_files", draft=draft, code=code), 303)


# --- sending -----------------------------------------------------------------------------------


def _sent() -> tuple[bytes, str]:
    """The file that was sent, and what it is called. Unusable where there is none."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Unusable("Choose a file.", reason=intake.Reason.EMPTY)
    content = upload.read(intake.LARGEST + 1)
    intake.check_size(content)
    return content, upload.filename


def _script(draft: int, language: Language) -> ReadScript:
    """What was read: the texts that the page asks for, in the order of the call."""
    texts = those(asked(), all_texts(draft, language))
    if not texts:
        raise Refused("There is nothing to be recorded: every text has a recording of its words.")
    read = [ReadText(e.piece.chunk, e.chunk.spoken, estimated_seconds(e.chunk.spans, language.pace)) for e in texts]
    return ReadScript(read, language.pace, language.hearing.language, language.hearing.compare)


def _begin(number: int, content: bytes, name: str, script: ReadScript) -> None:
    room, words = office().long_recordings, {each.key: each.spoken for each in script.texts}

    def done(cuts: Sequence[Cut], problem: Doubt | None) -> None:
        _keep(room, number, cuts, problem, words)

    if not console().cutter.begin(content, name, script, done):
        room.throw_away(number, me(), now())
        raise Later("Much is being worked on just now. Try again in a moment.")


def _keep(
    room: LongRecordings, number: int, cuts: Sequence[Cut], problem: Doubt | None, words: Mapping[str, str]
) -> None:
    """What came of a file, in the thread that cut it."""
    if problem:
        room.fail(number, (problem.message, problem.facts))
        return
    room.finish(number, [(_cut_out(seq, cut, words), cut.take) for seq, cut in enumerate(cuts, 1)])


def _cut_out(seq: int, cut: Cut, words: Mapping[str, str]) -> CutOut:
    doubts = [(each.message, each.facts) for each in (*cut.doubts, *filter(None, [cut.problem]))]
    said = words.get(cut.key, "") if cut.key else ""
    return CutOut(seq, cut.start, cut.seconds, cut.key, said, cut.heard, None, doubts)


# --- deciding ----------------------------------------------------------------------------------


def _pieces(texts: Sequence[ToRead], choices: Mapping[int, str]) -> dict[int, Piece]:
    """The texts of what is to be kept, by the numbers that stand beside them. Refused where one is of no text."""
    numbered = {each.number: each.piece for each in texts}
    found = {}
    for seq in (seq for seq, choice in choices.items() if choice == KEEP):
        piece = numbered.get(whole(request.form.get(f"text-{seq}", "").strip()) or 0)
        if piece is None:
            raise Refused("There is no text of that number: take one from the printed script.")
        found[seq] = piece
    return found


def _rows(draft: int, language: Language, found: LongRecording) -> list[Row]:
    texts = all_texts(draft, language)
    by_key, by_number = {each.piece.chunk: each for each in texts}, {str(each.number): each for each in texts}
    rows = []
    for cut in found.cuts:
        proposed = by_key.get(cut.chunk or "")
        usual = str(proposed.number) if proposed else ""
        number = request.form.get(f"text-{cut.seq}", usual).strip()
        sure = KEEP if proposed and cut.take and not cut.doubts and proposed.chunk.spoken == cut.words else LATER
        rows.append(Row(cut, number, by_number.get(number), request.form.get(f"do-{cut.seq}", sure)))
    return rows


def _found(draft: int, code: str, number: int) -> LongRecording:
    found = office().long_recordings.find(number, me(), now())
    if (found.draft, found.language) != (draft, code):
        raise NotFound("There is no such recording.")
    return found


def _file(draft: int, code: str, number: int, problem: Told | None = None) -> Response:
    found, language = _found(draft, code, number), console().language(code, draft)
    shared = {"me": me(), "draft": office().drafts.get(draft), "code": code, "file": found}
    if found.working:
        return page("long_file_waiting.html", 200, **shared, every=REFRESH)
    values = {"rows": _rows(draft, language, found), "texts": all_texts(draft, language), "problem": problem}
    return page("long_file.html", 409 if problem else 200, **shared, **values)


def _files(draft: int, code: str, problem: Told | None = None, status: int = 409) -> Response:
    texts = those(asked(), all_texts(draft, console().language(code, draft)))
    return page(
        "long_files.html",
        status if problem else 200,
        me=me(),
        draft=office().drafts.get(draft),
        code=code,
        wanted=asked(),
        count=len(texts),
        files=office().long_recordings.of(draft, code, me(), now()),
        problem=problem,
    )
