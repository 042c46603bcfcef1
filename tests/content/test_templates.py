"""What templates do with plain data, and what they say when it does not fit."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from openccm.content.port import Part
from openccm.content.templates import Templates
from openccm.errors import TemplateError


def render(source: str, locale: str = "en-GB", kind: Any = "html", **context: Any) -> str:
    part = Part(name="page", kind=kind, source=source)
    return Templates({}).render(part, context, locale)


def failure(files: dict[str, bytes], entry: str, **context: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        Templates(files).render(Part(name="p", kind="html", entry=entry), context, "en")
    return caught.value


def test_layouts_are_found_among_the_templates_first() -> None:
    files = {
        "templates/letter.html": b"{% extends 'shared/base.html' %}"
        b"{% block a %}hello{% endblock %}",
        "templates/shared/base.html": b"[{% block a %}{% endblock %}]",
        "shared/base.html": b"({% block a %}{% endblock %})",
    }
    letter = Part(name="letter", kind="html", entry="letter.html")

    assert Templates(files).render(letter, {}, "en") == "[hello]"
    del files["templates/shared/base.html"]
    assert Templates(files).render(letter, {}, "en") == "(hello)"


def test_the_data_goes_before_methods_of_the_same_name() -> None:
    assert render("{{ bill.items }}{{ bill.keys }}", bill={"items": 3, "keys": 4}) == "34"


def test_a_dictionary_can_be_walked_through() -> None:
    source = "{% for key, value in bill.items() %}{{ key }}={{ value }};{% endfor %}"

    assert render(source, bill={"a": 1, "b": 2}) == "a=1;b=2;"


def test_what_is_hidden_prints_nothing() -> None:
    source = (
        "a{{ agent }}{{ agent.name }}{% if agent %}x{% endif %}{% for x in agent %}x{% endfor %}z"
    )

    assert render(source, agent=None) == "az"


def test_hidden_values_pass_through_every_filter_of_ours() -> None:
    source = "{{ x|money('EUR') }}{{ x|date }}{{ x|number }}{{ x|time }}{{ x|mask }}{{ x|lines }}"

    assert render(source + "{{ x|default('else') }}{{ 'a' ~ x }}", x=None) == "elsea"


def test_a_misspelt_field_says_what_was_meant() -> None:
    error = failure({"a.html": b"\n\n{{ bill.amuont }}"}, "a.html", bill={"amount": 1})

    assert str(error) == "There is no 'amuont' there; did you mean 'amount'?"
    assert (error.template, error.line) == ("a.html", 3)


def test_a_fault_in_an_include_names_the_include() -> None:
    files = {"a.html": b"\n{% include 'b.html' %}", "templates/b.html": b"\n\n\n{{ nothing }}"}

    error = failure(files, "a.html")

    assert (error.template, error.line) == ("templates/b.html", 4)
    assert str(error) == "There is no 'nothing' in the data."


def test_a_syntax_error_names_its_line() -> None:
    error = failure({"a.html": b"\n{% for %}"}, "a.html")

    assert (error.template, error.line) == ("a.html", 2)


def test_an_absent_template_is_an_error() -> None:
    assert "no template 'b.html'" in str(failure({"a.html": b"{% include 'b.html' %}"}, "a.html"))
    assert "no template 'a.html'" in str(failure({}, "a.html"))


def test_errors_hold_no_values() -> None:
    error = failure(
        {"a.html": b"{{ 'x'.index(secret) }}{{ [1].index(secret) }}"}, "a.html", secret="Ann"
    )

    assert "Ann" not in str(error)


def test_html_is_escaped_and_text_is_not() -> None:
    assert render("{{ x }}", x="<b>&") == "&lt;b&gt;&amp;"
    assert render("{{ x }}", kind="text", x="<b>&") == "<b>&"


def test_control_characters_never_come_out() -> None:
    assert render("{{ x }}", kind="text", x="a\x00\x07\x1b\x7f\x85b\tc\nd\r") == "ab\tc\nd"


def test_plain_text_has_plain_spaces() -> None:
    source = "{{ 1234.5|money('EUR') }}"

    assert render(source, "fr", "text") == "1 234,50 €"
    assert render(source, "fr", "html") == "1\u202f234,50\u00a0€"


def test_money_says_its_currency() -> None:
    assert render("{{ 5|money('CHF') }}", locale="de-CH") == "CHF\u00a05.00"
    with pytest.raises(TemplateError, match="needs a currency"):
        render("{{ 5|money }}")


def test_sums_of_money_are_exact() -> None:
    source = "{{ lines|sum(attribute='amount') }} {{ amount * 1.19 }} {{ amount / 3 }}"
    lines = [{"amount": Decimal("0.10")}] * 3

    assert render(source, lines=lines, amount=Decimal("0.10")).startswith("0.30 0.1190 0.0333")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ 2.345|round(2) }}", "2.35"),
        ("{{ amount|round(1) }}", "1.3"),
        ("{{ amount|round(1, 'floor') }}", "1.2"),
        ("{{ day|date }}", "3 December 2026"),
        ("{{ moment|time }}", "17:05"),
        ("{{ moment.year }}-{{ moment.date().month }}", "2026-12"),
        ("{{ 1234|number(2) }}", "1,234.00"),
        ("{{ 'AB12'|mask(2) }}", "**12"),
        ("{{ names|join(', ') }}", "Ann, Bo &amp; Co"),
        ("{{ names|lines }}", "Ann<br>Bo &amp; Co"),
        ("{{ 'a\nb'|lines }}", "a<br>b"),
        ("{{ names|first }}{{ names[1:]|length }}{{ names[-1][:2] }}", "Ann1Bo"),
        ("{{ 'a b'|replace(' ', '-') }}", "a-b"),
        ("{{ missing|default('else') }}", "else"),
        ("{{ bill.missing|default('else') }}", "else"),
        ("{{ bill.missing is defined }}", "False"),
        ("{{ 'x' * 3 }}{{ ([1] + [2])|length }}", "xxx2"),
        ("{% for x in 'abc' %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/3 2/3 3/3 "),
        ("{% for x in range(3) if x %}{{ loop.cycle('a', 'b') }}{% endfor %}", "ab"),
        ("{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m('<') }}", "<i>&lt;</i>"),
        ("{% set t %}a{{ 1 }}{% endset %}{{ t ~ '<' }}", "a1&lt;"),
        ("{% for c, g in lines|groupby('c') %}{{ c }}{{ g|length }}{% endfor %}", "a2b1"),
        ("{% filter upper %}a{% endfilter %}", "A"),
        ("{% with x = 1 %}{{ x }}{% endwith %}", "1"),
        ("{% set n = namespace(v=0) %}{% for x in 'ab' %}{% set n.v = n.v + 1 %}{% endfor %}"
         "{{ n.v }}", "2"),
    ],
)  # fmt: skip
def test_the_language_of_templates(source: str, expected: str) -> None:
    rendered = render(
        source,
        amount=Decimal("1.25"),
        bill={},
        day=date(2026, 12, 3),
        lines=[{"c": "a"}, {"c": "b"}, {"c": "a"}],
        moment=datetime(2026, 12, 3, 17, 5),  # noqa: DTZ001 - shown as it is
        names=["Ann", "Bo & Co"],
    )

    assert rendered == expected


class Status(StrEnum):
    OPEN = "open"


class Person:
    name = "Ann"


class Fields(dict[str, str]):
    pass


@pytest.mark.parametrize(
    "value",
    [Person(), Person, Status.OPEN, Fields(), [Person()], {"a": {"b": Person()}}, print, {1}],
)
def test_only_plain_data_is_let_in(value: object) -> None:
    with pytest.raises(TemplateError, match="not plain data"):
        render("never read", thing=value)


def test_data_may_not_be_nested_without_end() -> None:
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(TemplateError, match="nested"):
        render("", endless=endless)


def test_a_page_has_an_end() -> None:
    files = {"a.html": b"{% for x in range(90) %}" + b"x" * 60_000 + b"{% endfor %}"}

    assert "characters" in str(failure(files, "a.html"))


def test_one_run_does_not_pay_for_another() -> None:
    templates = Templates({"a.html": b"{% for x in range(90000) %}{% endfor %}"})

    for _ in range(5):
        templates.render(Part(name="p", kind="html", entry="a.html"), {}, "en")
