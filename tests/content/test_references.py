"""Which data a template is found to read."""

import pytest

from openccm.content.references import referenced


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{{ bill.amount }} {{ person.name }}", {"bill.amount", "person.name"}),
        ("{{ bill['amount'] }}", {"bill.amount"}),
        ("{% for l in bill.lines %}{{ l.text }}{% endfor %}", {"bill.lines[].text"}),
        ("{% for l in bill.lines %}x{% endfor %}", {"bill.lines"}),
        ("{% for line in address %}{{ line }}{% endfor %}", {"address[]"}),
        ("{% if bill %}{{ bill.amount }}{% endif %}", {"bill.amount"}),
        ("{% if agent_name %}x{% endif %}", {"agent_name"}),
        ("{{ a if b else c }}", {"a", "b", "c"}),
        ("{{ a.x ~ b.y }}{{ a.z + 1 }}{{ not c }}{{ d == e }}",
         {"a.x", "b.y", "a.z", "c", "d", "e"}),
        ("{{ person.name.upper() }}{{ person.get('age') }}", {"person.name", "person.age"}),
        ("{% for k, v in extra.items() %}{{ v }}{% endfor %}", {"extra"}),
        ("{% set b = bill %}{{ b.amount }}", {"bill.amount"}),
        ("{% with b = bill.due %}{{ b|date }}{% endwith %}", {"bill.due"}),
        ("{% set t = 1 %}{{ t }}{{ loop }}{{ range(n) }}", {"n"}),
        ("{% set x %}{{ a.b }}{% endset %}{{ x }}", {"a.b"}),
        ("{% for l in ls if l.ok %}{{ loop.index }}{% else %}{{ none_text }}{% endfor %}",
         {"ls[].ok", "none_text"}),
        ("{% for l in ls|sort(attribute='no') %}{{ l.x }}{% endfor %}", {"ls[].no", "ls[].x"}),
        ("{{ ls|map(attribute='x')|join(sep) }}", {"ls[].x", "sep"}),
        ("{{ ls|sum(attribute='x')|money('EUR') }}{{ ls|sum('y') }}", {"ls[].x", "ls[].y"}),
        ("{{ (ls|first).x }}{{ ls[0].y }}{{ ls[i].z }}", {"ls[].x", "ls[].y", "ls[].z", "i"}),
        ("{{ (ls|selectattr('ok')|list)[0].x }}{{ ls[1:]|length }}", {"ls[].ok", "ls[].x"}),
        ("{% for g in ls|groupby('c') %}{{ g.grouper }}{% for l in g.list %}{{ l.x }}"
         "{% endfor %}{% endfor %}", {"ls[].c", "ls[].x"}),
        ("{% for c, g in ls|groupby('c') %}{% for l in g %}{{ l.x }}{% endfor %}{% endfor %}",
         {"ls[].c", "ls[].x"}),
        ("{% macro m(a, b=1) %}{{ a.x }}{{ b.y }}{{ g }}{% endmacro %}{{ m(p, b=q) }}",
         {"p.x", "q.y", "g"}),
        ("{% macro m(a) %}{{ m(a.child) }}{{ a.x }}{% endmacro %}{{ m(p) }}", {"p.x"}),
        ("{% call m() %}{{ a.b }}{% endcall %}{% macro m() %}{{ caller() }}{% endmacro %}",
         {"a.b"}),
        ("{% for l in ls %}{% for m in l.ms %}{{ m.x }}{{ l.y }}{% endfor %}{% endfor %}",
         {"ls[].ms[].x", "ls[].y"}),
        ("{{ missing|default(other.x) }}{{ x is defined }}", {"missing", "other.x", "x"}),
        ("nothing", set[str]()),
    ],
)  # fmt: skip
def test_a_template_reads(source: str, names: set[str]) -> None:
    assert referenced({}, "page", source=source) - {"m"} == names


def test_layouts_and_includes_are_read_too() -> None:
    files = {
        "templates/letter.html": b"{% extends 'shared/base.html' %}{% set t = bill.total %}"
        b"{% block text %}{% for l in bill.lines %}{% include 'row.html' %}{% endfor %}"
        b"{{ super() }}{% endblock %}ignored {{ outside }}",
        "shared/base.html": b"{{ sender.name }}{% block text %}{{ base }}{% endblock %}"
        b"{% block foot %}{{ reference }}{{ t }}{% endblock %}",
        "templates/row.html": b"{{ l.text }}",
    }

    assert referenced(files, "letter.html") == {
        "base",
        "bill.lines[].text",
        "bill.total",
        "reference",
        "sender.name",
    }


def test_a_block_that_is_replaced_is_not_read() -> None:
    files = {
        "a.html": b"{% extends 'b.html' %}{% block x %}{{ mine }}{% endblock %}",
        "b.html": b"{% block x %}{{ theirs }}{% endblock %}",
    }

    assert referenced(files, "a.html") == {"mine"}


def test_imported_macros_are_read_with_what_they_are_given() -> None:
    files = {"m.html": b"{% macro row(x) %}{{ x.no }}{% endmacro %}"}
    source = "{% import 'm.html' as m %}{% from 'm.html' import row as r %}{{ m.row(a) }}{{ r(b) }}"

    assert referenced(files, "page", source=source) == {"a.no", "b.no"}


def test_templates_that_include_each_other_come_to_an_end() -> None:
    files = {"a.html": b"{{ a }}{% include 'b.html' %}", "b.html": b"{{ b }}{% include 'a.html' %}"}

    assert referenced(files, "a.html") == {"a", "b"}
