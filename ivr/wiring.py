"""Puts the rooms together into one WSGI application."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from secrets import token_urlsafe
from threading import Lock
from types import TracebackType
from urllib.parse import urlsplit

from cachetools import LRUCache, cached
from flask import Flask, Response, request
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from ivr import clock, commands, setting_up
from ivr.apart import Busy, Queue, Seats
from ivr.carrier import fallback, webhooks
from ivr.carrier import sound_files as sound_routes
from ivr.carrier.choice import carrier_of
from ivr.carrier.faults import log_fault
from ivr.carrier.front import Front
from ivr.carrier.metrics import CONTENT_TYPE, Metrics
from ivr.carrier.seam import Carrier
from ivr.carrier.webhooks import Webhooks
from ivr.checking import Apart
from ivr.config import Settings, from_environment
from ivr.door.arriving import ArrivingRequest, readable
from ivr.editions.checks import Asked
from ivr.editions.office import Office, office, open_office
from ivr.handset.browser import BrowserTelephone
from ivr.handset.hearing import RecordedWords, WordsOfPlay
from ivr.line.loading import LineError, read_files, ringing_itself
from ivr.line.values import Line
from ivr.notices.chat import Chat
from ivr.notices.kinds import Way
from ivr.notices.mail import Mail, NoMail
from ivr.notices.postman import Mailroom, Postman
from ivr.notices.wishes import WishBook
from ivr.pages import headers, limits, routes
from ivr.pages.text_sounds import TextSounds
from ivr.paper.papers import Papers
from ivr.people.accounts import Accounts
from ivr.people.persons import Role
from ivr.people.refusals import Refused
from ivr.practising import Practising
from ivr.records.recorder import Kept, Recorder
from ivr.reports.report import Prices
from ivr.staff import console, recording_line
from ivr.staff.notice_letters import Letters
from ivr.staff.notice_watch import Watch
from ivr.staff.practices import APPROVER, EDITOR, Practice, Practices
from ivr.staff.recording_line import StaffLine
from ivr.store.database import DatabaseGone
from ivr.store.health import Health, Part
from ivr.store.leased_work import beside
from ivr.store.leases import Leases
from ivr.store.private import keep_private
from ivr.traces import traced
from ivr.voice.audio import Audio
from ivr.voice.booth import Booth
from ivr.voice.cutters import Cutter
from ivr.voice.recorded import Recorded
from ivr.voice.render import Item
from ivr.voice.sounds import Sounds
from ivr.voice.source import Said
from ivr.voice.store import Store

log = logging.getLogger(__name__)

LARGEST_REQUEST = 64 * 1024
"""Bytes. A carrier's webhooks are under 4 kB."""


CARRIER_WAITS = 8.0
"""Seconds that a carrier waits for a sound that has to be made again [own value]."""

WAITING_CHECKS = 2
"""Editions that wait to be checked while a worker checks one [own value]: they wait minutes already."""

SEAT_SECONDS = 3.0
"""How long somebody waits for the one seat on which a worker works on people's files [own value]. The
console has two threads: while one waits for a child, the other is there for pages."""


class _App(Flask):
    """Flask, but for what it tells the log of an error: addresses and messages may hold what was sent."""

    request_class = ArrivingRequest

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """An error that nobody foresaw."""
        if exc_info[1] is not None:
            log_fault(log, f"{request.method} {request.url_rule or 'of an unknown address'} failed", exc_info[1])


def create_app(settings: Settings) -> Flask:
    """The application for these settings. LineError where the prompt files make no line; whatever
    is wrong with the database or the disk, it answers calls."""
    practices = Practices(settings.data_dir / "practice", settings.data_dir / "audio")
    app = _made(settings, practices)
    app.wsgi_app = Practising(app, app.wsgi_app, practices, partial(_practice, settings))  # type: ignore[assignment, method-assign]
    return app


def _practice(settings: Settings, practice: Practice) -> Flask:
    """The application of a practice area: of the settings of the line it has none but where its pages are."""
    environ = {"DATA_DIR": str(practice.folder), "PUBLIC_URL": settings.public_url, "PORT": str(settings.port)}
    quiet = from_environment({**environ, "RENDER": "off", "PROMPTS_DIR": str(practice.prompts)})
    app = _made(replace(quiet, voices=settings.voices, proxies=settings.proxies), None)
    accounts = Accounts(app.extensions["ivr.office"].database, quiet.secret_key)
    for login, name, role in ((EDITOR, practice.editor, Role.EDITOR), (APPROVER, practice.approver, Role.APPROVER)):
        with suppress(Refused):  # another worker was first
            accounts.add(login, name, [role], token_urlsafe(32), practice.at)  # nobody signs in by it
    return app


def _made(settings: Settings, practices: Practices | None) -> Flask:
    """The application of the line, or without `practices` that of one of them."""
    app = _App("ivr", static_folder=None)
    app.wsgi_app = readable(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    if settings.proxies:  # for the limits of requests alone: addresses come from PUBLIC_URL
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    if settings.connected and not settings.public_url.startswith("https://"):
        log.warning("PUBLIC_URL is %s: set it to the https origin that the carrier calls", settings.public_url)
    keep_private(settings.data_dir, settings.database_url)
    carrier = carrier_of(settings.carrier, settings.token)
    rooms, sounds = _office(settings)
    line = rooms.shelf.line
    app.extensions.update(
        {
            "ivr.settings": settings,
            "ivr.carrier": carrier,
            "ivr.audio": sounds.audio,
            "ivr.sounds": sounds,
            "ivr.line": line,
            "ivr.words_of_play": _words_of(sounds, lambda: line("", clock.utc_now())),
            "ivr.office": rooms,
        }
    )
    recorder = app.extensions["ivr.records"] = _recorder(settings, rooms)
    metrics = Metrics(rooms.shelf.fresh, lambda: _unwell(rooms.health))
    webhooks.install(app, _webhooks(settings, carrier, rooms, sounds, metrics, recorder))
    heard = sound_routes.blueprint(sounds)
    heard.after_request(headers.protect)
    app.register_blueprint(heard)
    app.add_url_rule("/metrics", "metrics", lambda: _metrics(metrics))
    app.add_url_rule("/healthz", "healthz", lambda: _healthz(rooms))
    _install_pages(app, settings, carrier, sounds, lambda: line("", clock.utc_now()))
    _install_console(app, settings, carrier, rooms, sounds, practices)
    app.extensions["ivr.notices"] = _postman(settings, rooms)
    limits.install(app, settings.rate_limits)
    commands.register(app)
    if settings.traces:
        app.wsgi_app = traced(app.wsgi_app, settings.traces)  # type: ignore[assignment, method-assign]
    return app


def _metrics(metrics: Metrics) -> Response:
    return headers.protect(Response(metrics.text(), content_type=CONTENT_TYPE))


def _unwell(health: Health) -> dict[str, bool]:
    """Of each part whether it is unwell, for `/metrics`."""
    ills = health.ills
    return {part: part in ills for part in Part}


def _healthz(rooms: Office) -> Response:
    """200, since calls are answered whatever is unwell; the words are for people and monitors."""
    rooms.shelf.fresh()
    answer = Response(rooms.health.told(), mimetype="text/plain", headers={"Cache-Control": "no-store"})
    return headers.protect(answer)


def _office(settings: Settings) -> tuple[Office, Sounds]:
    """The editions, open: what callers hear now and before, and how it sounds. The line needs no
    database to be answered, so one that is gone is only told."""

    def rules(asked: Asked) -> tuple[str, ...]:
        return held(asked)

    files, own = read_files(settings.prompts), settings.own_numbers
    rooms = office(
        settings.database_url,
        files,
        rules,
        settings.secret_key,
        settings.data_dir / "live",
        unapproved=settings.alert_unapproved,
        own_numbers=own,
        begin=Queue("checks", WAITING_CHECKS).add,
        errands=beside,
        leases=Leases(clock.utc_now),
    )
    if problems := ringing_itself(rooms.library.shipped.line, own):
        raise LineError(problems)
    recorded = Recorded(rooms.shelf.sound, rooms.shelf.audio, rooms.shelf.audio_mark)
    store, booth = Store(settings.data_dir / "audio"), Booth(speaking=CARRIER_WAITS)

    def mend(items: Sequence[Item], wait: bool) -> None:
        with suppress(Busy):  # others are being made already: the words are said meanwhile
            (booth.speak if wait else booth.begin)(items, store, settings.voices)

    audio = Audio(store, settings.voices, mend)
    sounds = Sounds(audio, recorded)
    held = Apart(sounds, settings.data_dir)
    if open_office(rooms, clock.utc_now()):  # else the log was told why
        with suppress(DatabaseGone):
            Accounts(rooms.database, settings.secret_key).seal_all()
    return rooms, sounds


def _recorder(settings: Settings, rooms: Office) -> Recorder:
    """What keeps the steps of calls. The days are those of the shipped line."""
    return Recorder(
        rooms.database,
        settings.data_dir / "journal",
        rooms.library.shipped.line.zone,
        Kept(settings.records_days, settings.records_months),
        rooms.health,
        clock.utc_now,
    )


def _webhooks(
    settings: Settings, carrier: Carrier, rooms: Office, sounds: Sounds, metrics: Metrics, recorder: Recorder
) -> Webhooks:
    shipped = rooms.library.shipped.line
    front = Front(
        carrier=carrier,
        public_url=settings.public_url,
        metrics=metrics,
        play=sounds.play,
        caller_id=settings.line_number,
        own_numbers=settings.own_numbers,
        speech=settings.speech_input,
        local_speech=settings.local_speech,
        record=recorder.note,
        ended=recorder.ended,
        named=recorder.named,
        traced=bool(settings.traces),
        at_hand=rooms.shelf.at_hand,
        stand=sounds.stand,
    )
    last_words = fallback.of_line(shipped)
    return Webhooks(front, rooms.shelf.line, rooms.shelf.draft_line, last_words)


def _install_pages(app: Flask, settings: Settings, carrier: Carrier, sounds: Sounds, line: Callable[[], Line]) -> None:
    Babel(
        app,
        default_translation_directories="pages/translations",
        default_locale=routes.locale_of(line().first_language.code),
    )
    routes.install(
        app,
        routes.Pages(
            line=line,
            telephone=_telephone(settings, sounds, line),
            signer=carrier.signer,
            public_url=settings.public_url,
            listening=TextSounds(sounds, line),
        ),
    )


def _install_console(
    app: Flask, settings: Settings, carrier: Carrier, rooms: Office, sounds: Sounds, practices: Practices | None
) -> None:
    seats = Seats(1, SEAT_SECONDS)
    desk = console.Console(
        office=rooms,
        secret=settings.secret_key,
        public_url=settings.public_url,
        seats=seats,
        sounds=sounds,
        booth=Booth(seats=seats),
        papers=Papers(rooms.database, clock.utc_now, begin=beside, leases=Leases(clock.utc_now)),
        cutter=Cutter(settings.data_dir / "whisper-base"),
        telephone=partial(_telephone, settings, sounds),
        signer=carrier.signer,
        staff_number=settings.staff_number,
        roles_together=settings.roles_together,
        prices=Prices(settings.call_price, settings.transfer_price),
        mails=settings.mail is not None,
        chats_inside=settings.chats_inside,
        provider=settings.provider,
        passwords=settings.passwords,
        networks=settings.staff_networks,
        missing=setting_up.missing(),
        practices=practices,
        practising=practices is None,
    )
    console.install(app, desk)
    recording_line.install(
        app,
        StaffLine(
            office=rooms,
            number=settings.staff_number,
            secret=settings.secret_key,
            booth=Booth(taking=5.0),  # seconds: the recording was fetched in this webhook, too
            media=carrier.media,
        ),
    )


def _postman(settings: Settings, rooms: Office) -> Postman:
    """What sends notices to staff."""
    watch, letters = Watch(rooms), Letters(settings.public_url, rooms.library.shipped.line.zone)
    mail = Mail(settings.mail, urlsplit(settings.public_url).hostname or "localhost") if settings.mail else NoMail()
    return Postman(
        Mailroom(
            rooms.database,
            WishBook(rooms.database, settings.secret_key),
            letters.of,
            {Way.MAIL: mail, Way.CHAT: Chat(settings.chats_inside)},
            watch.look,
            watch.silent,
            settings.data_dir,
            clock.utc_now,
        )
    )


_CATALOGUES = 2
"""Editions whose sounds a telephone knows by heart: the one that is live and the next [own value]."""


def _telephone(settings: Settings, sounds: Sounds, line: Callable[[], Line]) -> BrowserTelephone:
    """A telephone in a browser that rings this line."""
    return BrowserTelephone(settings.secret_key, settings.line_number, words_of_play=_words_of(sounds, line))


def _words_of(sounds: Sounds, line: Callable[[], Line]) -> WordsOfPlay:
    """What a sound says, for telephones that show the words as well."""

    @cached(LRUCache(_CATALOGUES), key=lambda current: current.edition, lock=Lock())
    def catalogue(current: Line) -> dict[str, Said]:
        return sounds.catalogue(current)

    def words(url: str) -> RecordedWords | None:
        path = urlsplit(url).path
        seconds = sounds.seconds_of(path)
        if seconds is None:
            return None
        current = line()
        said = catalogue(current).get(path)
        if said is None:
            return RecordedWords("", "", seconds)  # a pause
        return RecordedWords(said.chunk.written, current.languages[said.language].locale, seconds)

    return words
