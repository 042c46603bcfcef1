"""Templates written to escape, to hang or to eat memory."""

import time
from datetime import date

import pytest

from openccm.content.pool import RenderPool
from openccm.content.port import Part, RenderJob
from openccm.errors import TemplateError

FILES = {
    "templates/self.html": b"{% include 'self.html' %}",
    "templates/twice.html": b"{% if n %}{% set n = n - 1 %}{% include 'twice.html' %}"
    b"{% include 'twice.html' %}{% endif %}",
    "templates/small.html": b"a",
    "templates/long.html": b"{% macro long() %}" + b"x" * 100_000 + b"{% endmacro %}",
    "templates/latin.html": b"\xe4\xf6",
}

ESCAPES = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''['__cla' ~ 'ss__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ [].__class__.__base__.__subclasses__() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum() }}",
    "{{ cycler('a').__init__.__globals__ }}",
    "{{ joiner }}",
    "{{ dict(a=1).items }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ self }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{x.__class__}'.format_map({'x': 1}) }}",
    "{{ ['a']|map('attr', '__class__')|list|length }}",
    "{{ ['a']|map(attribute='__class__')|list|length }}",
    "{{ ['a']|map(attribute='upper.__self__')|first }}",
    "{{ ['a']|map('format', 1)|list }}",
    "{{ [-999999]|map('#')|list|length }}",
    "{{ ['a']|select('nosuchtest')|list }}",
    "{{ range.__class__ }}",
    "{{ range }}",
    "{{ namespace.__init__.__globals__ }}",
    "{% for x in [1] %}{{ loop._iterable }}{% endfor %}",
    "{% for x in [1] %}{{ loop }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
    "{% macro m() %}{% endmacro %}{{ m['_func'] }}",
    "{% import 'small.html' as m %}{{ m.__dict__ }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../../etc/passwd' %}",
    "{% include 'file:///etc/passwd' %}",
    "{% include 'http://127.0.0.1/' %}",
    "{% import 'os' as os %}{{ os.environ }}",
    "{% include path %}",
    "{% extends path %}",
    "{% include ['small.html', path] %}",
    "{% include 'latin.html' %}",
    "{{ name|safe }}",
    "{{ name|tojson }}",
    "{{ {'a b': 1}|xmlattr }}",
    "{% autoescape false %}{{ name }}{% endautoescape %}",
    "{{ person.clear() }}",
    "{{ person.pop('name') }}",
    "{{ person.name() }}",
    "{{ items.append(1) }}",
    "{{ items.sort() }}",
    "{{ today.strftime('%Y') }}",
    "{{ person }}",
    "{{ items|map('upper') }}",
    "{{ items.__len__() }}",
    "{{ caller() }}",
    "{{ super() }}",
]

HANGS = [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(10 ** 9) %}{% endfor %}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% set n = namespace(v=3) %}{% for i in range(9999) %}{% set n.v = n.v * n.v %}{% endfor %}",
    "{{ 9 ** (9 ** 9) }}",
    "{{ 9.0 ** (9 ** 9) }}",
    "{{ (10 ** 60) ** 60 }}",
    "{{ 1|round(10 ** 9) }}",
    "{% for i in range(9999) %}{{ range(99999)|sort|length }}{% endfor %}",
    "{% for i in range(9999) %}{{ range(99999)|map('string')|list|length }}{% endfor %}",
    "{% for i in range(9999) %}{{ range(99999)|map('string')|map('upper')|last }}{% endfor %}",
    "{% for i in range(9999) %}{{ ('ab' * 99999)|upper|length }}{% endfor %}",
    "{% for i in range(9999) %}{{ ('ab' * 99999).upper().lower()|length }}{% endfor %}",
    "{% for i in range(9999) %}{{ ('a,' * 99999).split(',')|length }}{% endfor %}",
    "{% for a in [[[]]] recursive %}{{ loop([[1]]) }}{% endfor %}",
    "{% include 'self.html' %}",
    "{% set n = 60 %}{% include 'twice.html' %}",
    "{% for i in range(99999) %}{% include 'small.html' %}{% endfor %}",
    "{{ range(99999)|sum(start=[]) }}",
    "{% for a in 'a' %}" * 30 + "{% endfor %}" * 30,
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "{{ 1 " + "+ 1" * 50_000 + " }}",
    "{{ " + "not " * 50_000 + "1 }}",
]

GLUTTONS = [
    "{{ 'x' * 10 ** 9 }}",
    "{{ 10 ** 9 * 'x' }}",
    "{{ [1] * 10 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%s' % name }}",
    "{{ 'x'|center(10 ** 9) }}",
    "{{ 'x'|indent(10 ** 9) }}",
    "{{ ('x ' * 9999)|wordwrap(1, wrapstring='x' * 99999) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'x'.ljust(10 ** 9) }}",
    "{{ 'x'.zfill(10 ** 9) }}",
    "{{ '\t'.expandtabs(10 ** 9) }}",
    "{{ (1).to_bytes(10 ** 9, 'big') }}",
    "{{ ('a' * 99999)|replace('a', 'b' * 99999) }}",
    "{{ ('a' * 99999).replace('a', 'b' * 99999) }}",
    "{{ ('b' * 99999).join('a' * 99999) }}",
    "{{ (['a' * 99999] * 9999)|join }}",
    "{{ range(99999)|join('x' * 99999) }}",
    "{{ (['a' * 99999] * 9999)|lines }}",
    "{{ [1]|batch(10 ** 9, 'x')|list }}",
    "{{ [1]|slice(10 ** 9)|list }}",
    "{{ 'www.a.de ' * 99999 * 9999 }}",
    "{% set n = namespace(v='x') %}{% for i in range(60) %}{% set n.v = n.v ~ n.v %}{% endfor %}",
    "{% set n = namespace(v='x') %}{% for i in range(60) %}{% set n.v = n.v + n.v %}{% endfor %}",
    "{% set n = namespace(v=[1]) %}{% for i in range(60) %}{% set n.v = n.v + n.v %}{% endfor %}",
    "{% set n = namespace(v='x') %}{% for i in range(60) %}{% set v %}{{ n.v }}{{ n.v }}"
    "{% endset %}{% set n.v = v %}{% endfor %}",
    "{% set n = namespace(v='x') %}{% for i in range(60) %}"
    "{% set n.v = '%s'|replace('%s', n.v ~ n.v) %}{% endfor %}",
    "{% set n = namespace(v=[]) %}{% for i in range(99999) %}"
    "{% set n.v = n.v + [('a' * 999999)[i:]] %}{% endfor %}",
    "{% from 'long.html' import long %}{% set x %}{% for i in range(99999) %}{{ long() }}"
    "{% endfor %}{% endset %}",
    "{% for i in range(99999) %}" + "x" * 50_000 + "{% endfor %}",
    "{{ name ~ name" + " ~ ('x' * 999999)" * 50 + " }}",
    "{{ today|date('y' * 999999) }}",
]

LAST_RESORTS = ("seconds", "memory", "ended the process")
"""Words of the errors that come of stopping a process: the sandbox must not need that."""


@pytest.mark.parametrize("template", ESCAPES + HANGS + GLUTTONS)
async def test_the_sandbox_refuses(pool: RenderPool, template: str) -> None:
    job = RenderJob(
        digest="hostile",
        files=FILES,
        parts=(Part(name="page", kind="html", source=template),),
        context={
            "name": "<b>",
            "path": "/etc/passwd",
            "person": {"name": "Ann"},
            "items": ["a"],
            "today": date(2026, 11, 20),
        },
    )

    started = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        await pool.render(job)

    assert not any(word in str(caught.value) for word in LAST_RESORTS)
    assert time.monotonic() - started < 10
