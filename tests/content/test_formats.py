"""How money, dates and numbers are written."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from openccm.content import formats
from openccm.content.formats import FormatError


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en-GB", "€1,234.50"),
        ("de-DE", "1.234,50\u00a0€"),
        ("de", "1.234,50\u00a0€"),
        ("fr-FR", "1\u202f234,50\u00a0€"),
        ("pl", "1\u00a0234,50\u00a0€"),
        ("de-XX", "1.234,50\u00a0€"),
        ("zz-ZZ", "€1,234.50"),
        ("not a locale", "€1,234.50"),
    ],
)
def test_money_is_written_as_the_country_writes_it(locale: str, written: str) -> None:
    assert formats.money(Decimal("1234.5"), "EUR", locale) == written


def test_yen_have_no_cents() -> None:
    assert formats.money(Decimal(1234), "JPY", "en-GB") == "JP¥1,234"


@pytest.mark.parametrize("currency", ["XXX1", "euro", ""])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(FormatError):
        formats.money(Decimal(1), currency, "en-GB")


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("short", "03.12.26"),
        ("medium", "03.12.2026"),
        ("long", "3. Dezember 2026"),
        ("full", "Donnerstag, 3. Dezember 2026"),
        ("d. MMM", "3. Dez."),
    ],
)
def test_a_date_has_styles_and_patterns(style: str, written: str) -> None:
    assert formats.day(date(2026, 12, 3), style, "de-DE") == written


def test_a_time_of_day_follows_the_country() -> None:
    moment = datetime(2026, 12, 3, 17, 5)  # noqa: DTZ001 - shown as it is

    assert formats.clock(moment, "short", "de") == "17:05"
    assert formats.clock(moment, "short", "en-US") == "5:05\u202fPM"


def test_decimals_can_be_fixed() -> None:
    assert formats.number(Decimal("1234.5678"), None, "en-GB") == "1,234.568"
    assert formats.number(Decimal("1234.5678"), 1, "en-GB") == "1,234.6"
    assert formats.number(1234, 0, "de") == "1.234"


@pytest.mark.parametrize("decimals", [-1, 13, 10**9])
def test_no_number_has_so_many_decimals(decimals: int) -> None:
    with pytest.raises(FormatError):
        formats.number(1, decimals, "en-GB")


def test_a_pattern_without_end_is_refused() -> None:
    with pytest.raises(FormatError):
        formats.day(date(2026, 12, 3), "y" * 1000, "de")


@pytest.mark.parametrize(
    ("value", "visible", "masked"),
    [
        ("DE89 3704 0044 0532", 4, "**** **** **** 0532"),
        ("0171-2345678", 2, "****-*****78"),
        ("12345", 0, "*****"),
        ("123", 4, "***"),
        ("", 4, ""),
    ],
)
def test_a_mask_never_shows_the_whole(value: str, visible: int, masked: str) -> None:
    assert formats.mask(value, visible) == masked
