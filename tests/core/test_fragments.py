"""Fragments: checked where they are used, followed by what is sent, pinned in what was sent."""

from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from openccm.communications import queries
from openccm.communications.compose import compose_step
from openccm.communications.gather import gather
from openccm.communications.tables import Communication
from openccm.content.pool import RenderPool
from openccm.errors import ConflictError
from openccm.language.loader import load_definitions
from openccm.platform.database import Database
from openccm.repository.checking import checked_library
from openccm.repository.shelf import users_of
from openccm.repository.versions import publish
from tests.core.authors import DAY, Authors
from tests.core.making import NOW, communication
from tests.core.station import BILL, Station, open_station, step, write_definitions

FRAGMENT = """
kind: fragment
code: COMPLAINTS
title: How to complain
languages: [en, de]
params:
  days: {type: number}
"""
EN = "Complain to {{ person.name }}s advocate within {{ days }} days & < >.\n"
ASKING = '{{ fragment("COMPLAINTS", days=28) }}\n'
CODE = "COMPLAINTS"


def write(root: Path, changes: dict[str, str]) -> None:
    for name, content in changes.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)


def with_fragment(root: Path, **changes: str) -> Path:
    """The station's definitions, of which the bill asks for a fragment."""
    bill = BILL.replace("channels:", "fragments: [COMPLAINTS]\nchannels:", 1)
    files = {
        "complaints/fragment.yaml": FRAGMENT,
        "complaints/templates/en.txt": EN,
        "complaints/templates/en.html": EN,
        "complaints/templates/de.txt": "Beschwerde binnen {{ days }} Tagen.\n",
        "complaints/templates/de.html": "Beschwerde binnen {{ days }} Tagen.\n",
        "bill-ready/communication.yaml": bill,
        "bill-ready/templates/email.en.txt": ASKING,
        "bill-ready/templates/email.en.html": f"<p>{ASKING}</p>",
    }
    write(root, files | {name.replace("__", "/"): text for name, text in changes.items()})
    return root


@pytest.fixture(scope="module")
async def renderer() -> AsyncIterator[RenderPool]:
    async with RenderPool(processes=1) as pool:
        yield pool


@pytest.fixture
async def station(
    database: Database, tmp_path: Path, renderer: RenderPool
) -> AsyncIterator[Station]:
    async with open_station(database, tmp_path, renderer) as station:
        root = with_fragment(tmp_path / "definitions")
        async with database.begin() as session:
            await publish(session, load_definitions(root), actor="test", now=NOW)
        yield station


def authors_of(station: Station) -> Authors:
    return Authors(station.database, station.desk.settings.data_dir / "definitions")


async def composed(station: Station) -> tuple[Communication, dict[str, str]]:
    """A bill composed now, with its texts."""
    asked = await station.ask(await station.person("email"))
    (child,) = (await gather(station.desk, step(asked))).communications
    await compose_step(station.desk, step(asked, child))
    row = await communication(station.database, child)
    if row.document_hash is None:
        return row, {}
    content = await station.desk.store.get(row.document_hash)
    message = message_from_bytes(content or b"", policy=policy.default)
    assert isinstance(message, EmailMessage)
    found = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    return row, {kind: part.get_content() for kind, part in found.items() if part is not None}


async def test_what_is_sent_says_the_words_of_the_fragment_in_its_format(station: Station) -> None:
    row, texts = await composed(station)

    assert texts["plain"].startswith("Complain to ")
    assert "within 28 days & < >." in texts["plain"]
    assert "within 28 days &" in texts["html"]
    assert row.fragments == {CODE: 1}


async def test_the_explanation_names_the_versions_of_the_fragments(station: Station) -> None:
    row, _ = await composed(station)

    async with station.database.read() as session:
        verdicts = await queries.explanation(session, row.request_id)
    (said,) = [each.sentence for each in verdicts if each.verdict.step == 15]
    assert said.endswith("Fragments: COMPLAINTS: 1.")


async def test_a_new_version_is_followed_from_its_effective_date_and_not_before(
    station: Station,
) -> None:
    authors = authors_of(station)
    files = authors.files("complaints", **{"templates/en.txt": "Write to us, {{ days }} days.\n"})
    await authors.put(CODE, files)
    await authors.submit(code=CODE)
    version = await authors.judge(code=CODE)
    await authors.publish(version.version, NOW + DAY, code=CODE)

    before, old = await composed(station)
    station.clock.now = NOW + 2 * DAY
    after, new = await composed(station)

    assert (before.fragments, after.fragments) == ({CODE: 1}, {CODE: 2})
    assert old["plain"].startswith("Complain to ")
    assert new["plain"].startswith("Write to us, 28 days.")


async def test_where_used_tells_who_uses_a_fragment(station: Station) -> None:
    async with station.database.read() as session:
        users = await users_of(session, CODE, ("live",))

    assert [row.code for row in users] == ["BILL-READY"]


async def test_a_fragment_in_use_is_not_retired(station: Station) -> None:
    with pytest.raises(ConflictError, match="BILL-READY"):
        await authors_of(station).retire(CODE)


async def test_a_retired_fragment_takes_no_new_user(station: Station) -> None:
    authors = authors_of(station)
    plain = authors.files("spring-offer")
    root = authors.root
    write(root, {"bill-ready/communication.yaml": BILL})
    for path in ("email.en.txt", "email.en.html"):
        write(root, {f"bill-ready/templates/{path}": "Words of its own.\n"})
    async with station.database.begin() as session:
        await publish(session, load_definitions(root), actor="test", now=NOW)
    await authors.retire(CODE)
    text = plain["communication.yaml"].decode()
    wants = {
        "communication.yaml": text.replace("channels:", "fragments: [COMPLAINTS]\nchannels:", 1),
        "templates/email.en.txt": ASKING + "{{ unsubscribe_url }}\n",
    }
    await authors.put("SPRING-OFFER", authors.files("spring-offer", **wants))

    with pytest.raises(Exception, match="There is no fragment COMPLAINTS in use"):
        await authors.submit(code="SPRING-OFFER")


async def test_a_new_parameter_that_users_do_not_hand_over_is_refused(station: Station) -> None:
    authors = authors_of(station)
    more = FRAGMENT.replace("params:", "params:\n  office: {type: text}")
    await authors.put(CODE, authors.files("complaints", **{"fragment.yaml": more}))

    with pytest.raises(Exception, match="COMPLAINTS needs office"):
        await authors.submit(code=CODE)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("bill-ready/templates/email.en.txt", 'x\n{{ fragment("COMPLAINTS") }}',
         "bill-ready/templates/email.en.txt:2:1: COMPLAINTS needs days."),
        ("bill-ready/templates/email.en.txt", '{{ fragment("COMPLAINTS", days=1, day=2) }}',
         "COMPLAINTS takes no day."),
        ("bill-ready/templates/email.en.txt", '{{ fragment("COMPLANTS", days=1) }}',
         "COMPLANTS is not among the fragments."),
        ("bill-ready/templates/email.en.txt", "{{ fragment(bill.number, days=1) }}",
         "A fragment is asked for by its code in quotes"),
        ("bill-ready/communication.yaml",
         BILL.replace("channels:", "fragments: [COMPLANTS]\nchannels:", 1),
         "There is no fragment COMPLANTS in use."),
        ("complaints/templates/en.txt", "\n{{ bill.number }}",
         "complaints/templates/en.txt:2:1: There is no bill.number."),
        ("complaints/templates/en.txt", '{{ fragment("COMPLAINTS", days=1) }}',
         "A fragment uses no other fragment."),
        ("complaints/templates/fr.txt", "Non.", "This is the text of none of the languages."),
        ("complaints/fragment.yaml", FRAGMENT.replace("[en, de]", "[en, de, fr]"),
         "There is no html text in fr."),
        ("complaints/fragment.yaml", FRAGMENT.replace("[en, de]", "[de]"),
         "COMPLAINTS does not exist in en."),
        ("complaints/fragment.yaml", FRAGMENT.replace("days:", "today:"),
         "today is always there and cannot be declared."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_where_it_stands(
    tmp_path: Path, file: str, text: str, told: str
) -> None:
    root = with_fragment(write_definitions(tmp_path, "http://b.example"))
    assert checked_library(root).problems == ()

    write(root, {file: text})

    assert [line for line in map(str, checked_library(root).problems) if told in line]
