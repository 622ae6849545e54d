"""How the numbers of reports are written, and what is said of them."""

from decimal import Decimal

from flask_babel import format_decimal, format_percent, gettext

from ivr.reports.tables import Unit, Value


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def hides() -> str:
    """What stands in place of a number that is hidden."""
    return _("hidden")


def written(value: Value) -> str:
    """A number with its unit, and the range that it lies in."""
    if value.hidden:
        return hides()
    if value.amount is None:
        return _("–")
    amount = number(value.amount, value.unit)
    if value.low is None or value.high is None:
        return amount
    return _(
        "%(value)s (%(low)s to %(high)s)",
        value=amount,
        low=number(value.low, value.unit),
        high=number(value.high, value.unit),
    )


def few(value: Value) -> str:
    """How many calls, of few that are counted just now."""
    return (
        _("fewer than 5 calls") if value.hidden else _("%(number)s calls", number=number(value.amount or 0, Unit.CALLS))
    )


def short(value: Value) -> str:
    """A number with its unit alone."""
    return hides() if value.hidden else _("–") if value.amount is None else number(value.amount, value.unit)


def spoken(unit: Unit) -> str:
    """How a number is said where a chart is heard, with # in its place."""
    return {Unit.SECONDS: _("# seconds")}.get(unit, _("# calls"))


def change(value: Value) -> str:
    """A difference: shares are told in percentage points."""
    if value.hidden or value.amount is None or value.low is None or value.high is None:
        return written(value)
    points = value.unit is Unit.SHARE
    told = [_signed(each * 100 if points else each) for each in (value.amount, value.low, value.high)]
    words = _("%(value)s points (%(low)s to %(high)s)") if points else _("%(value)s seconds (%(low)s to %(high)s)")
    return words % dict(zip(("value", "low", "high"), told, strict=True))


def verdict(value: Value) -> str:
    """What a difference tells."""
    if value.hidden or value.low is None or value.high is None:
        return _("Too few calls to tell.")
    if value.low > 0:
        return _("More than before.")
    return _("Less than before.") if value.high < 0 else _("No difference that these calls can tell.")


def number(amount: float, unit: Unit) -> str:
    """A number without its range."""
    match unit:
        case Unit.SHARE:
            return str(format_percent(amount, "0.0%"))
        case Unit.SECONDS:
            return _("%(number)s s", number=format_decimal(amount, "#,##0.0"))
        case Unit.YEN:
            return _("%(number)s yen", number=format_decimal(amount, "#,##0"))
        case _:
            return str(format_decimal(round(amount), "#,##0"))


def price(of: Decimal | None) -> str:
    """What a minute costs."""
    return _("not set") if of is None else _("%(number)s yen", number=format_decimal(of, "#,##0.####"))


def _signed(value: float) -> str:
    return str(format_decimal(value, "+#,##0.0;−#,##0.0"))
