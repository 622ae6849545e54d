"""What is said where a chart is heard (`static/reports.js`): the words of chart2music, by the names that it gives them.

The library speaks some languages itself, and Japanese is none of them. The words in braces are filled in by it.
"""

from collections.abc import Mapping

from flask_babel import gettext


def _(message: str) -> str:
    return str(gettext(message))


def heard_words() -> Mapping[str, str]:
    """Its words in the reader's language."""
    return {**_chart(), **_keys(), **_names_of_keys(), **_dialogs()}


def _chart() -> Mapping[str, str]:
    groups = _("Chart to be heard: {title}. Groups: {groupCount}.")
    return {
        "description": _("{title}: chart to be heard. Move with the arrow keys."),
        "missing": _("hidden"),
        "tooLow": _("too low"),
        "tooHigh": _("too high"),
        "summ-chart": _("Chart to be heard."),
        "summ-chart-title": _("Chart to be heard: {title}."),
        "summ-chart-group-title": groups,
        "chart-bar": _("Bars."),
        "chart-bar-labeled": _("Bars of “{label}”."),
        "axis-desc": _("{label}: from {min} to {max}."),
        "instructionArrows": _("Move with the arrow keys."),
        "instructionHotkeys": _("H tells all keys."),
        "point-xy": _("{x}: {y}"),
        "stat-all": _("All"),
        "kbr-speed": _("Speed: {rate_in_ms}"),
    }


def _keys() -> Mapping[str, str]:
    return {
        "kbmg-title": _("Keys of the chart"),
        "help-dialog-front-matter": _("With these keys you move through the chart and hear it."),
        "help_dialog_footer": _("More about charts to be heard:") + " ",
        "key-point-next": _("To the next bar"),
        "key-point-prev": _("To the bar before"),
        "key-play-fwd": _("Play to the last bar"),
        "key-play-back": _("Play to the first bar"),
        "key-play-cancel": _("Stop playing"),
        "key-group-prev": _("To the group before"),
        "key-group-next": _("To the next group"),
        "key-group-first": _("To the first group"),
        "key-group-last": _("To the last group"),
        "key-play-fwd-group": _("Play the groups forwards"),
        "key-play-back-group": _("Play the groups backwards"),
        "key-point-first": _("To the first bar"),
        "key-point-last": _("To the last bar"),
        "key-replay": _("Play this bar again"),
        "key-tenth-prev": _("A tenth back"),
        "key-tenth-next": _("A tenth on"),
        "key-group-min": _("To the smallest of the group"),
        "key-group-max": _("To the greatest of the group"),
        "key-level-min": _("To the smallest of all"),
        "key-level-max": _("To the greatest of all"),
        "key-chart-min": _("To the smallest of the chart"),
        "key-chart-max": _("To the greatest of the chart"),
        "key-speed-incr": _("Play faster"),
        "key-speed-decr": _("Play slower"),
        "key-dialog-help": _("Show these keys"),
        "key-dialog-options": _("Settings of the sound"),
        "key-select": _("Choose this bar"),
        "key-stat-next": _("To the next number of this bar"),
        "key-stat-prev": _("To the number before of this bar"),
        "key-monitor-toggle": _("Follow new numbers, or not"),
        "headings": "\n".join((_("What it does"), _("Key on the keyboard"), _("Another key for it"))),
    }


def _names_of_keys() -> Mapping[str, str]:
    """Of keys and of several that are pressed together, by what chart2music calls them: "alt" is the key of keyboards
    without the first one."""
    arrows = {
        "ArrowRight": _("Right arrow"),
        "ArrowLeft": _("Left arrow"),
        "ArrowDown": _("Down arrow"),
        "ArrowUp": _("Up arrow"),
    }
    singles = {**arrows, "PageUp": _("Page up"), "PageDown": _("Page down"), "Home": "Home", "End": "End"}
    of_laptops = {
        "Home": arrows["ArrowLeft"],
        "End": arrows["ArrowRight"],
        "PageUp": arrows["ArrowUp"],
        "PageDown": arrows["ArrowDown"],
    }
    found = {"key-descr-spacebar": _("Space bar"), "key-descr-ctrl": "Ctrl"}
    for modifier in ("", "Shift", "Ctrl", "Alt"):
        for key, name in {**singles, "[": "[", "]": "]"}.items():
            pressed = f"{modifier}+{key}" if modifier else key
            before = f"{modifier} + " if modifier else ""
            found[f"key-descr-{pressed}"] = f"{before}{name}"
            if key in of_laptops:
                found[f"key-descr-alt-{pressed}"] = f"{before}Fn + {of_laptops[key]}"
    return found


def _dialogs() -> Mapping[str, str]:
    return {
        "close": _("Close"),
        "save": _("Save"),
        "options-title": _("Settings of the sound"),
        "options-frontmatter": _("How deep and how high the sounds of the chart are:"),
        "options-hertz-lower": _("Deepest sound"),
        "options-hertz-upper": _("Highest sound"),
        "options-speed-label": _("Speed of playing (also by Q and E)"),
        "options-set-global": _("For all charts of this page"),
        "options-use-continuous": _("One sound that glides"),
        "options-continuous-descr": _("The bars are played as one sound that glides."),
        "options-point-labels": _("Names of the bars"),
        "options-point-labels-before": _("before the numbers"),
        "options-point-labels-after": _("behind the numbers"),
        "info-open": _("Open the notes"),
        "info-title": _("Notes"),
        "info-notes": _("Notes"),
    }
