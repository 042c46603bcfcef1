"""YAML is read as version 1.2 means it, and hostile text is refused with its place and a mend."""

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openccm.language.folder import bundle_of
from openccm.language.loader import load_definitions
from openccm.language.problems import Problem
from openccm.language.yaml12 import read_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("20:00", "20:00"),
        ("2026-01-31", "2026-01-31"),
        ("1_000", "1_000"),
        ("<<", "<<"),
        ("=", "="),
        ("True", True),
        ("false", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("-12", -12),
        ("186.40", Decimal("186.40")),
        ("1e3", Decimal(1000)),
        ("'true'", "true"),
        ('"12"', "12"),
        ("|\n  12\n", "12\n"),
        ("é 😀", "é 😀"),
    ],
)
def test_unquoted_text_means_what_yaml_1_2_says(text: str, value: object) -> None:
    document = read_document(f"key: {text}".encode(), "a.yaml")

    assert document.problems == ()
    assert document.data == {"key": value}
    assert [type(read) for read in (document.data or {}).values()] == [type(value)]


BILLION_LAUGHS = "a: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)
REFUSED = [
    ("empty file", b"", 1, 1, "empty", "kind"),
    ("comment only", b"# nothing\n", 1, 1, "empty", "kind"),
    ("null at the top", b"null", 1, 1, "empty", "kind"),
    ("text at the top", b"hello", 1, 1, "mapping", "kind"),
    ("number at the top", b"42", 1, 1, "mapping", "kind"),
    ("list at the top", b"- a\n- b\n", 1, 1, "mapping", "kind"),
    ("duplicate key", b"a: 1\nb: 2\na: 3\n", 3, 1, "twice, first in line 1", "Keep one"),
    ("nested duplicate key", b"a:\n  b: 1\n  b: 2\n", 3, 3, "twice", "Keep one"),
    ("tab", b"a:\n  b: 1\n\tc: 2\n", 3, 1, "tab", "spaces"),
    ("tab after spaces", b"a:\n  \tb: 1\n", 2, 3, "tab", "spaces"),
    ("utf-8 byte order mark", b"\xef\xbb\xbfa: 1\n", 1, 1, "byte order mark", "UTF-8"),
    ("utf-16", "a: 1\n".encode("utf-16"), 1, 1, "byte order mark", "UTF-8"),
    ("invalid utf-8", b"a: 1\nb: \xc3\xa9\xff\n", 2, 5, "not UTF-8", "UTF-8"),
    ("10 MB", b"a: " + b"x" * 10_000_000, 1, 1, "1,000,000", "templates"),
    ("deep flow lists", b"a: " + b"[" * 900, 1, 23, "20 levels", "Nest less"),
    ("flow lists too deep to look ahead", b"a: " + b"[" * 10_000, 1, 1003, "20 levels", "Nest"),
    ("deep flow mappings", b"a: " + b"{a: " * 10_000, 1, 80, "20 levels", "Nest less"),
    ("deep block lists", b"- " * 10_000, 1, 41, "20 levels", "Nest less"),
    (
        "deep block mappings",
        b"".join(b" " * n + b"a:\n" for n in range(1_000)),
        21,
        21,
        "20 levels",
        "Nest less",
    ),
    ("anchor", b"a: &x 1\n", 1, 4, "Anchors", "Write the value out"),
    ("alias", b"a: 1\nb: *x\n", 2, 4, "Anchors", "Write the value out"),
    ("aliases of aliases", BILLION_LAUGHS.encode(), 1, 4, "Anchors", "Write the value out"),
    ("tag", b"a: !!str 1\n", 1, 4, "Tags", "quote"),
    ("python tag", b"a: !!python/object/apply:os.system [ls]\n", 1, 4, "Tags", "Take it out"),
    ("custom tag", b"a: !vault x\n", 1, 4, "Tags", "Take it out"),
    ("second document", b"a: 1\n---\nb: 2\n", 2, 1, "second document", "one file"),
    ("directive", b"%YAML 1.1\n---\na: 1\n", 1, 1, "%", "Take the line out"),
    ("number as a key", b"a: 1\n2: x\n", 2, 1, "2 is no name", "quotes"),
    ("boolean as a key", b"true: x\n", 1, 1, "true is no name", "quotes"),
    ("empty key", b"~: x\n", 1, 1, "~ is no name", "quotes"),
    ("missing key", b": x\n", 1, 1, "does not fit", "indentation"),
    ("list as a key", b"? [a, b]\n: x\n", 1, 3, "single word", "brackets"),
    ("very long text", b"a: " + b"x" * 20_000, 1, 4, "20,000 characters", "templates"),
    ("very long key", b"x" * 900 + b": 1\n" + b"x" * 900 + b": 1", 2, 1, "twice", "Keep one"),
    ("very long number", b"a: " + b"9" * 5_000, 1, 4, "no number", "quotes"),
    ("infinity", b"a: .inf\n", 1, 4, "no number", "quotes"),
    ("huge exponent", b"a: 1e999999\n", 1, 4, "no number", "quotes"),
    ("control character", b"a: x\x07\n", 1, 5, "U+0007", "Take it out"),
    ("escaped control character", b'a: "\\0"\n', 1, 4, "control character", "Take it out"),
    ("line break of yaml 1.1", "a: x\u2028y\n".encode(), 1, 5, "U+2028", "Take it out"),
    ("open bracket", b"a: [1,\n  2\n", 3, 1, "not closed. (Begun in line 1.)", "Close"),
    ("open quote", b"a: 'x\nb: 1\n", 3, 1, "not closed", "Close"),
    ("second colon", b"a: b: c\n", 1, 5, "colon", "quotes"),
    ("wrong indentation", b"a:\n  b: 1\n c: 2\n", 3, 2, "does not fit", "indentation"),
    ("reserved character", b"a: @x\n", 1, 4, "meaning of its own", "quotes"),
    ("unknown escape", b'a: "\\q"\n', 1, 5, "backslash", "\\\\"),
    ("many values", b"a: [" + b"1," * 60_000 + b"]", 1, 100_001, "50,000 values", "Split"),
]


@pytest.mark.parametrize(
    ("content", "line", "column", "message", "mend"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_bad_text_is_refused_with_its_place_and_a_mend(
    tmp_path: Path, content: bytes, line: int, column: int, message: str, mend: str
) -> None:
    folder = tmp_path / "spoilt"
    folder.mkdir()
    (folder / "communication.yaml").write_bytes(content)

    began = time.process_time()
    library = load_definitions(tmp_path)
    took = time.process_time() - began

    first = next(found for found in library.problems if message in found.message)
    assert library.bundles == ()
    assert (first.file, first.line, first.column) == ("spoilt/communication.yaml", line, column)
    assert mend in first.mend
    assert first.path.startswith("$")
    assert str(first).startswith(f"spoilt/communication.yaml:{line}:{column}: ")
    assert took < 2


def test_all_that_is_wrong_is_told_at_once() -> None:
    content = b"a: 1\na: 2\nb: &x !!str 3\n4: [.inf]\nc:\n  d: *x\n  d: 1\n"

    problems = read_document(content, "a.yaml").problems

    assert [(found.line, found.path) for found in problems] == [
        (2, "$.a"),
        (3, "$.b"),
        (3, "$.b"),
        (4, "$"),
        (4, "$['4'][0]"),
        (6, "$.c.d"),
        (7, "$.c.d"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    document = read_document(end.join(["# x", "a: 1", "b: [2, 3]"]).encode(), "a.yaml")

    assert document.place(("b", 1)) == (3, 8)
    assert document.place(("b", 1, "unknown")) == (3, 8)


MALICE = (
    "[" * 999_990,
    "a: " + "'" * 999_990,
    "- ? " * 200_000,
    "".join(f"unknown-{n}:\n" for n in range(49_000)),
    "".join(f"a: &a{n} !x\n" for n in range(49_000)),
    "kind: communication\ndata: {" + "".join(f"x{n}: , " for n in range(49_000)) + "}",
)


@pytest.mark.parametrize("text", MALICE, ids=range(len(MALICE)))
def test_a_megabyte_of_malice_is_refused_in_time(text: str) -> None:
    began = time.process_time()

    assert isinstance(bundle_of("any", {"communication.yaml": text.encode()}), list)
    assert time.process_time() - began < 3


SNIPPETS = st.sampled_from(
    (
        *(
            "a",
            "kind",
            "communication",
            ": ",
            ":",
            "\n",
            "\n  ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            '"',
        ),
        *(
            "|",
            ">",
            "&a",
            "*a",
            "!",
            "!!str ",
            "? ",
            "#",
            "%",
            "---\n",
            "...",
            "\t",
            "1",
            ".inf",
            "~",
        ),
        *("\\", "é", "\ufeff", "\u2028", "\x00", "@", "`", "data", "channels", "email", "true"),
    )
)


@settings(max_examples=500, deadline=None)
@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(SNIPPETS, max_size=40).map(lambda parts: "".join(parts).encode())
)
def test_no_bytes_cause_anything_but_problems(content: bytes) -> None:
    loaded = bundle_of("any", {"communication.yaml": content})

    assert isinstance(loaded, list)
    assert loaded
    assert all(isinstance(problem, Problem) and problem.mend for problem in loaded)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in loaded)


NAMES = st.sampled_from(
    (
        *(
            "kind",
            "code",
            "title",
            "category",
            "purpose",
            "recipient",
            "languages",
            "duplicate",
            "by",
        ),
        *("within", "data", "type", "from", "fields", "missing", "default", "eligibility", "when"),
        *(
            "reason",
            "channels",
            "email",
            "subject",
            "en",
            "after",
            "attach",
            "quiet-hours",
            "until",
        ),
        *("retry", "ambiguous", "currency", "label", "name", "address", "bill.amount", "[key]"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=12))
def test_no_shape_of_data_causes_anything_but_problems(data: dict[str, object]) -> None:
    content = json.dumps({"kind": "communication"} | data).encode()

    loaded = bundle_of("any", {"communication.yaml": content})

    assert isinstance(loaded, list)
    assert loaded
    assert all(isinstance(problem, Problem) and problem.mend for problem in loaded)
