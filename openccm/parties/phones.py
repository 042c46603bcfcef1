"""Telephone numbers: brought to one spelling (E.164), refused when they cannot be dialled."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from openccm.errors import InvalidError

CHANNELS = frozenset({"sms", "voice", "whatsapp", "phone", "fax"})
"""The channels whose contact points are telephone numbers."""

_LINES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "other",
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in its one spelling."""

    number: str
    """E.164: ``+447700900101``."""
    line: str
    """``mobile``, ``landline``, ``other``; empty where the numbering plan does not say."""


def normalise_phone(text: str, territory: str | None, field: str = "value") -> Phone:
    """The one spelling of a number; ``territory`` is where it is dialled without country code.

    Raises:
        InvalidError: It cannot be dialled, or no territory says where; names ``field``.
    """
    parsed = _parsed(text, territory, field)
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidError(field, "A telephone number of this length does not exist there.")
    line = _LINES.get(phonenumbers.number_type(parsed), "")
    return Phone(phonenumbers.format_number(parsed, PhoneNumberFormat.E164), line)


def territory_of(language: str) -> str | None:
    """The country of a language tag such as ``en-GB``; None where it names none."""
    last = language.rpartition("-")[2]
    return last.upper() if last != language and len(last) == 2 else None


def national_part(number: str) -> str:
    """The digits after the country code of a number in E.164; all of them where it is none."""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))
    except NumberParseException:
        return "".join(digit for digit in number if digit.isdigit())


def _parsed(text: str, territory: str | None, field: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, territory)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            why = "Write the telephone number with its country code: +44 7700 900101."
        else:
            why = "This is no telephone number."
        raise InvalidError(field, why) from None
