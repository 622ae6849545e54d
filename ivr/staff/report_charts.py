"""Tables as pictures: SVG by pygal, with the numbers at their bars, told apart by patterns rather than by colours.

Colours are those of the page (`static/reports.css`), so that a picture is dark where the page is. The page's policy
lets no style and no script stand in it, so that pygal's own are taken out.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup

from ivr.reports.tables import Table, Unit
from ivr.staff.report_names import Names, name_of
from ivr.staff.report_numbers import number, spoken
from ivr.staff.report_words import columns, rows_of, titles

SVG = "http://www.w3.org/2000/svg"
WIDE, WIDER, ROW, LETTER = 720, 880, 40, 15
"""Width of a picture, and of one whose bars lie beside their names, height of a row of these, size of a letter [own
values, in the picture's own points]."""

INK, LINE, BAR = "#1b2330", "#c8d0db", "#173f7a"
"""The colours of the public pages by day (`ivr/pages/static/style.css`), for paper."""

UPRIGHT = 300
"""Height of a picture whose bars stand upright."""

SHOWN: dict[str, tuple[str, ...]] = {
    "results": ("calls",),
    "months": ("calls",),
    "days": ("calls",),
    "hours": ("calls",),
    "languages": ("calls",),
    "texts": ("begun", "heard"),
    "desks": ("rung", "answered"),
    "left": ("calls",),
    "wrong": ("calls",),
    "silent": ("calls",),
    "bands": ("calls",),
    "firsts": ("seconds",),
}
"""The tables that are drawn, and which of their columns."""

_SERIES = re.compile(r"series serie-([0-9]+)")
_UPRIGHT = ("months", "days", "hours", "bands")
_MOST_ROWS = 12
_PATTERNS = ("M-2,10 L10,-2 M6,14 L14,6", "M-2,-2 L14,14 M-2,10 L2,14 M10,-2 L14,2")
"""What the bars of a second and third series are filled with: lines one way, and the other."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, the names of its series, and what is heard of it: JSON for `static/reports.js`, which hands it to
    chart2music. `left_out`: rows that stand in the table alone; `hidden`: a bar is missing since its number is hidden;
    `lying`: bars lie beside their names."""

    name: str
    series: tuple[str, ...]
    picture: Markup
    heard: str
    left_out: int = 0
    hidden: bool = False
    lying: bool = False


def chart(table: Table, names: Names) -> Chart | None:
    """The picture of a table; None where it has none, or nothing to draw."""
    wanted = SHOWN.get(table.name, ())
    shown = table.rows if table.name in _UPRIGHT else table.rows[:_MOST_ROWS]
    rows = [(_short(table, row.item) or name_of(table, row, names), row.values) for row in shown]
    places = [table.columns.index(column) for column in wanted]
    series = [
        (columns()[table.columns[place]], [values[place].amount for _, values in rows], rows[0][1][place].unit)
        for place in places
        if rows
    ]
    if not any(amount for _, amounts, _ in series for amount in amounts):
        return None
    labels = [label for label, _ in rows]
    picture = _drawn(table.name, labels, series, upright=table.name in _UPRIGHT)
    named = tuple(title for title, _, _ in series)
    return Chart(
        table.name,
        named,
        Markup(picture),
        _heard(table, labels, series),
        left_out=len(table.rows) - len(shown),
        hidden=any(values[place].hidden for _, values in rows for place in places),
        lying=table.name not in _UPRIGHT,
    )


Series = tuple[str, list[float | None], Unit]


def _short(table: Table, item: str) -> str:
    """What stands under a bar that is narrow."""
    match table.name:
        case "days":
            return str(int(item[-2:]))
        case "hours":
            return str(int(item))
        case "months":
            return f"{item[:4]}/{int(item[5:])}"
    return ""


def _drawn(name: str, labels: Sequence[str], series: Sequence[Series], upright: bool) -> str:
    pygal = _pygal()
    rows = len(labels) * len(series)
    shape = pygal.Bar if upright else pygal.HorizontalBar
    made = shape(
        width=WIDE if upright else WIDER,
        height=UPRIGHT if upright else 60 + ROW * len(labels) + 12 * rows,
        js=(),
        style=pygal.style.Style(label_font_size=LETTER, value_font_size=LETTER, major_label_font_size=LETTER),
        show_legend=False,
        show_x_labels=upright,
        print_values=True,
        print_zeroes=True,
        print_values_position="top",
        spacing=6,
        margin=12,
        margin_left=12 if upright else 12 + _more_width(labels),
        margin_right=12 if upright else 70,
        show_x_guides=False,
        show_y_guides=upright,
        range=(0, max(1, *(amount or 0 for _, amounts, _ in series for amount in amounts)) * 1.08),
    )
    made.x_labels = labels if upright else labels[::-1]
    for title, amounts, unit in series:
        made.add(title, amounts if upright else amounts[::-1], formatter=_formatter(unit))
    tree = made.render_tree()
    _clean(tree)
    _fill(tree, name)
    _place_numbers(tree, upright)
    _ink(tree)
    return ElementTree.tostring(tree, encoding="unicode")


def _pygal() -> Any:
    """The library, imported here, since no webhook needs it; without the finder of modules that it leaves behind for
    plugins of its own: Python has not used that kind since 3.12, and warns of it at any module that is not there."""
    import pygal

    others = [each for each in sys.meta_path if type(each).__name__ != "PluginImportFixer"]
    if len(others) < len(sys.meta_path):
        sys.meta_path[:] = others
    return pygal


def _formatter(unit: Unit) -> Callable[[float | None], str]:
    return lambda amount: "" if amount is None else number(amount, unit)


def _more_width(labels: Sequence[str]) -> int:
    """What pygal takes labels to be too narrow by: to it a wide letter is as narrow as any."""
    widths = [sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in label) for label in labels]
    longest = max(range(len(labels)), key=lambda place: len(labels[place]))
    return max(0, round((max(widths) - len(labels[longest])) * LETTER * 0.55))


def _clean(tree: Element) -> None:
    """Without pygal's styles, scripts, titles and descriptions: the page says all that in its own words."""
    for parent in list(tree.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag in ("style", "script", "title", "desc"):
                parent.remove(child)
    for each in tree.iter():
        for attribute in ("style", "id"):
            each.attrib.pop(attribute, None)
    tree.set("xmlns", SVG)
    tree.set("aria-hidden", "true")
    tree.set("focusable", "false")


def _fill(tree: Element, name: str) -> None:
    """The bars of each series but the first get a pattern of their own."""
    defs = SubElement(tree, "defs")
    for group in tree.iter():
        named = _SERIES.match(group.get("class", ""))
        if not named or not any(each.get("class") == "bars" for each in group):
            continue
        place = int(named[1])
        group.set("class", f"series of-{place + 1}")
        if not place:
            continue
        mark = f"pattern-{name}-{place}"
        pattern = SubElement(
            defs, "pattern", {"id": mark, "width": "12", "height": "12", "patternUnits": "userSpaceOnUse"}
        )
        SubElement(pattern, "rect", {"width": "12", "height": "12", "class": "behind", "fill": "none"})
        lines = {"d": _PATTERNS[(place - 1) % len(_PATTERNS)], "class": "lines", "stroke": INK, "stroke-width": "2"}
        SubElement(pattern, "path", lines)
        for bar in group.iter():
            if "rect" in bar.get("class", "").split():
                bar.set("fill", f"url(#{mark})")


def _ink(tree: Element) -> None:
    """Colours and letters as attributes, which the page's own styles overrule: on paper there are no others."""
    for each in tree.iter():
        name = each.tag
        marks = set(each.get("class", "").split())
        if name == "text":
            each.attrib.update({"fill": INK, "font-size": str(LETTER), "font-family": "sans-serif"})
        elif "background" in marks:
            each.set("fill", "none")
        elif marks & {"line", "guide"}:
            each.attrib.update({"fill": "none", "stroke": LINE})
        elif "rect" in marks and "fill" not in each.attrib:
            each.set("fill", BAR)
        if "rect" in marks:
            each.set("stroke", INK)
    for axis, anchor in (("y", "end"), ("x", "middle")):
        for group in tree.iter():
            if {"axis", axis} <= set(group.get("class", "").split()):
                for text in group.iter("text"):
                    text.set("text-anchor", anchor)


def _place_numbers(tree: Element, upright: bool) -> None:
    """The numbers stand above bars, or behind those that lie."""
    for each in tree.iter():
        if each.get("class") == "value":
            each.set("text-anchor", "middle" if upright else "start")
            each.set("dy" if upright else "dx", "-4" if upright else "6")


def _heard(table: Table, labels: Sequence[str], series: Sequence[Series]) -> str:
    data = {title: [_point(place, amount) for place, amount in enumerate(amounts)] for title, amounts, _ in series}
    told = {
        "title": titles()[table.name],
        "rows": rows_of()[table.items],
        "labels": list(labels),
        "data": {title: [point for point in points if point] for title, points in data.items()},
        "measure": columns()["seconds" if series[0][2] is Unit.SECONDS else "calls"],
        "written": spoken(series[0][2]),
    }
    return json.dumps(told, ensure_ascii=False)


def _point(place: int, amount: float | None) -> dict[str, float] | None:
    return None if amount is None else {"x": place, "y": amount}
