"""What is found wrong with a template before it is published."""

import pytest

from openccm.content.inspection import Problem, check_template

LAYOUT = b"<html>{% block text %}{% endblock %}</html>"


def test_a_sound_template_has_no_problems() -> None:
    files = {
        "templates/letter.html": b"{% extends 'shared/base.html' %}"
        b"{% from 'rows.html' import row %}"
        b"{% block text %}{{ row(bill) }}{% for x in range(3) %}{{ loop.index }}{% endfor %}"
        b"{% include 'maybe.html' ignore missing %}{{ super() }}{% endblock %}",
        "shared/base.html": LAYOUT,
        "templates/rows.html": b"{% macro row(x) %}{{ x.amount|money('EUR') }}{% endmacro %}",
    }

    assert check_template(files, "letter.html") == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% for %}", "Expected an expression"),
        ("{% include name %}", "written out in quotes"),
        ("{% extends name %}", "written out in quotes"),
        ("{% include 'gone.html' %}", "no template 'gone.html'"),
        ("{{ a|center }}", "no filter called 'center'"),
        ("{% filter center %}a{% endfilter %}", "no filter called 'center'"),
        ("{{ a|safe }}", "no filter called 'safe'"),
        ("{{ a is red }}", "no test called 'red'"),
        ("{{ a.__class__ }}", "private"),
        ("{{ a['__class__'] }}", "private"),
        ("{{ lipsum() }}", "no function called 'lipsum'"),
        ("{% autoescape false %}{% endautoescape %}", "autoescape"),
        ("{% for a in b recursive %}{% endfor %}", "Recursive"),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "defined twice"),
        ("{% for a in 'a' %}" * 30 + "{% endfor %}" * 30, "too deep"),
        ("{{ " + "(" * 5_000 + ")" * 5_000 + " }}", "too deep"),
        ("{{ 1 " + "+ 1" * 50_000 + " }}", "too deep"),
    ],
)
def test_what_cannot_be_rendered_is_named_with_its_line(source: str, message: str) -> None:
    line = 1 if "deep" in message else 3

    problems = check_template({"a.html": b"\n\n" + source.encode()}, "a.html")

    assert [problem.line for problem in problems] == [line]
    assert message in problems[0].message


def test_all_problems_are_told_at_once() -> None:
    files = {
        "templates/a.html": b"{% include 'b.html' %}\n{{ x|foo }}\n{{ x|bar }}",
        "templates/b.html": b"\n\n{% if %}",
    }

    assert check_template(files, "a.html") == [
        Problem("templates/a.html", 2, "There is no filter called 'foo'."),
        Problem("templates/a.html", 3, "There is no filter called 'bar'."),
        Problem("templates/b.html", 3, "Expected an expression, got 'end of statement block'"),
    ]


def test_layouts_may_not_extend_each_other_in_a_circle() -> None:
    files = {"a.html": b"{% extends 'b.html' %}", "b.html": b"{% extends 'a.html' %}"}

    assert "extends itself" in check_template(files, "a.html")[0].message


def test_a_file_that_is_no_text_is_a_problem() -> None:
    assert check_template({"a.html": b"\xe4"}, "a.html")[0].message == "The file is not UTF-8 text."


def test_a_subject_is_checked_like_a_file() -> None:
    problems = check_template({}, "subject", source="Bill {{ bill.number|nr }}")

    assert problems == [Problem("subject", 1, "There is no filter called 'nr'.")]
