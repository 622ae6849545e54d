"""Pictures of the console: every page in every state, and those of its guide."""

import io
import struct
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import Page

from ivr.staff.guide_pages import PICTURES
from tests.support.browser import NARROW, WIDE, chromium
from tests.support.console_states import MAIN, STATES, Windows
from tests.support.console_town import at_work

GUIDE = {"width": 1000, "height": 900}
MARGIN = 12  # pixels around what a picture of the guide shows
COLOURS = 64
"""So many does a picture of the guide have: it is text on paper."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A picture of the guide: a state, the parts of its page (CSS selectors) that it shows, from the
    first to the last, and what is left out between them."""

    name: str
    state: str
    parts: Sequence[str]
    without: str = "#nothing"


DETAILS = (
    Detail(
        "draft",
        "draft",
        ("main h1", "[aria-labelledby=h-changes]"),
        "[aria-labelledby=h-mine], [aria-labelledby=h-held], .part + .part",
    ),
    Detail("text", "text", ("main h1", ".sheets"), ".sheet :is(h3, ul, details), .sheet .note + .note"),
    Detail("held", "voice-held", ("[aria-labelledby=h-held]",)),
    Detail("code", "voice-code", ("[aria-labelledby=h-code]",)),
    Detail("approve", "approve", ("main h1", "form[action$='/approve']")),
    Detail("ring", "ring-call", ("#telephone .set", "#telephone .heard"), "#telephone .pad, #progress"),
    Detail("alert", "alert-prepared", ("main h1", "main form.panel")),
    Detail(
        "conflict",
        "text-conflict",
        ("main div > .problem", ".sheets"),
        "[data-language=en], .sheet :is(h3, ul, details)",
    ),
)


def take(folder: Path, data_dir: Path) -> None:
    """Every state in Japanese, light and dark, wide and at 320 px; the main ones in English, too."""
    with at_work(data_dir) as scene, chromium() as browser:
        windows = Windows(browser, scene)
        for state in STATES:
            _in_every_way(windows.show(state), folder / f"staff-{state.name}")
            if state.how == MAIN:
                page = windows.show(state, "en")
                page.screenshot(path=folder / f"staff-{state.name}-english.png", full_page=True)


def _in_every_way(page: Page, name: Path) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size, of in ((WIDE, "wide"), (NARROW, "narrow")):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=name.with_name(f"{name.name}-{scheme}-{of}.png"), full_page=True)


def take_for_the_guide(folder: Path = PICTURES) -> None:
    """The pictures of the guide, in Japanese and light."""
    folder.mkdir(exist_ok=True)
    states = {state.name: state for state in STATES}
    with tempfile.TemporaryDirectory() as data_dir, at_work(Path(data_dir)) as scene, chromium() as browser:
        windows = Windows(browser, scene)
        for detail in DETAILS:
            page = windows.show(states[detail.state])
            page.set_viewport_size(GUIDE)  # type: ignore[arg-type]
            page.evaluate(ARRANGE, detail.without)
            shot = page.screenshot(full_page=True, clip=_around(page, detail.parts))  # type: ignore[arg-type]
            (folder / f"{detail.name}.png").write_bytes(with_few_colours(shot))


ARRANGE = """(without) => {
  for (const each of document.querySelectorAll(`.crumb, ${without}`)) each.hidden = true;
  for (const code of document.querySelectorAll("#code")) code.textContent = "2741 8305"; // the same each time
  document.activeElement.blur();
  scrollTo(0, 0);
}"""


def _around(page: Page, parts: Sequence[str]) -> dict[str, float]:
    """Where the parts are, from the first to the last, as wide as the page's text."""
    boxes = [box for part in parts if (box := page.locator(part).first.bounding_box())]
    assert len(boxes) == len(parts), parts
    text = page.locator("main h1").bounding_box()
    assert text
    top, bottom = min(box["y"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    return {
        "x": text["x"] - MARGIN,
        "y": top - MARGIN,
        "width": text["width"] + 2 * MARGIN,
        "height": bottom - top + 2 * MARGIN,
    }


def with_few_colours(png: bytes) -> bytes:
    """The picture with its most frequent colours, which the others are replaced by: a third of the bytes."""
    with av.open(io.BytesIO(png), "r") as file:
        pixels = next(file.decode(video=0)).to_ndarray(format="rgb24")
    height, width, _ = pixels.shape
    found, of, often = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    palette = found[np.argsort(-often, kind="stable")[:COLOURS]]
    nearest = np.abs(found[:, None].astype(int) - palette).sum(axis=2).argmin(axis=1).astype(np.uint8)
    rows = np.zeros((height, width + 1), np.uint8)  # each begins with the number of its filter: none
    rows[:, 1:] = nearest[of].reshape(height, width)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
