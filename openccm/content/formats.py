"""How money, dates and numbers are written in a person's language and country."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import UnknownCurrencyError, format_currency, format_decimal, validate_currency

STYLES = frozenset({"short", "medium", "long", "full"})
FALLBACK = "en_GB"
MAX_PATTERN = 40
MAX_DECIMALS = 12

Number = int | float | Decimal


class FormatError(ValueError):
    """What was asked for is no format; the message holds nothing of the value."""


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """The nearest locale that is known: ``de-XX`` is German, ``xx`` gives British English."""
    name = tag.replace("-", "_")
    for candidate in (name, name.partition("_")[0]):
        try:
            return Locale.parse(candidate)
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse(FALLBACK)


def money(value: Number, currency: str, locale: str) -> str:
    """An amount with its currency, rounded as the currency is.

    Raises:
        FormatError: No such currency.
    """
    try:
        validate_currency(currency)
    except UnknownCurrencyError:
        raise FormatError(f"{currency!r} is not a currency code such as EUR.") from None
    return format_currency(value, currency, locale=locale_of(locale))


def number(value: Number, decimals: int | None, locale: str) -> str:
    """A number with its separators; ``decimals`` fixes how many places it shows.

    Raises:
        FormatError: More decimals than a number can have.
    """
    if decimals is None:
        return format_decimal(value, locale=locale_of(locale))
    if not 0 <= decimals <= MAX_DECIMALS:
        raise FormatError(f"A number has from 0 to {MAX_DECIMALS} decimals, not {decimals}.")
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(value, format=pattern, locale=locale_of(locale))


def day(value: date, style: str, locale: str) -> str:
    """A date in a style (``short``, ``medium``, ``long``, ``full``) or a CLDR pattern.

    Raises:
        FormatError: The pattern is too long to be one.
    """
    return format_date(value, format=_style(style), locale=locale_of(locale))


def clock(value: datetime, style: str, locale: str) -> str:
    """The time of day in a style or a CLDR pattern.

    Raises:
        FormatError: The pattern is too long to be one.
    """
    return format_time(value.time(), format=_style(style), locale=locale_of(locale))


def mask(value: str, visible: int) -> str:
    """The text with every letter and digit but the last few starred; spaces and hyphens stay."""
    hidden = sum(character.isalnum() for character in value) - visible
    if hidden <= 0:
        hidden = len(value)
    masked: list[str] = []
    for character in value:
        secret = character.isalnum() and hidden > 0
        hidden -= secret
        masked.append("*" if secret else character)
    return "".join(masked)


def _style(style: str) -> str:
    if style not in STYLES and len(style) > MAX_PATTERN:
        raise FormatError(f"A date pattern has no more than {MAX_PATTERN} characters.")
    return style
