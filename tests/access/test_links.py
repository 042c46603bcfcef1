"""Signed links for customers: to one document, until they expire, and for nothing else."""

from datetime import timedelta

import pytest

from openccm.content.documents import buffer
from openccm.content.tables import StoredDocument
from openccm.errors import ExpiredError, NotFoundError
from openccm.platform.links import Links
from openccm.platform.secrets import Vault
from tests.access.building import NOW, Building, Visitor
from tests.core.making import given

VAULT = Vault(b"k" * 32)
BILL = b"<p>You owe 186.40</p>"


def test_a_link_is_good_until_its_very_end_and_for_its_purpose_alone() -> None:
    links, until = Links(VAULT, "document"), NOW + timedelta(days=7)
    token = links.make("0192", until)

    assert links.read(token, until - timedelta(seconds=1)) == "0192"
    with pytest.raises(ExpiredError):
        links.read(token, until)
    with pytest.raises(NotFoundError):
        Links(VAULT, "preferences").read(token, NOW)
    with pytest.raises(NotFoundError):
        Links(Vault(b"x" * 32), "document").read(token, NOW)


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_a_link_that_was_altered_is_none(place: int) -> None:
    links = Links(VAULT, "document")
    token = links.make("0192", NOW + timedelta(days=7))
    altered = token[:place] + ("A" if token[place : place + 1] != "A" else "B") + token[place + 1 :]

    with pytest.raises(NotFoundError):
        links.read(altered, NOW)


async def shared(building: Building) -> tuple[str, Visitor]:
    """The path of a link to a bill, and the customer who got it."""
    case = await given(building.database, "completed", "delivered")
    async with building.database.begin() as session:
        document = StoredDocument(
            communication_id=case.communication_id,
            part="message",
            hash=await buffer(session, BILL, NOW),
            media_type="text/html",
            size=len(BILL),
            storage="pending",
            created_at=NOW,
        )
        session.add(document)
    desk = await building.system("DESK", "document:read", "request:all")
    made = await desk.ask("POST", f"/v1/documents/{document.id}/links", {})
    return "/d/" + made["url"].partition("/d/")[2], building.visitor()


async def test_a_customer_sees_their_document_without_signing_in(building: Building) -> None:
    path, customer = await shared(building)
    answer = await customer.call("GET", path)

    assert (answer.status, answer.body) == (200, BILL.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


async def test_after_seven_days_there_is_a_page_without_data(building: Building) -> None:
    path, customer = await shared(building)
    building.clock.go(days=7)
    answer = await customer.call("GET", path)

    assert answer.status == 410
    assert "This link has expired" in answer.body
    assert "186.40" not in answer.body


async def test_a_made_up_link_leads_nowhere(building: Building) -> None:
    path, customer = await shared(building)
    _, _, token = path.rpartition("/")
    answers = [
        await customer.call("GET", f"/d/{token[:-2]}xx"),
        await customer.call("GET", "/d/document.0192.9999999999"),
        await customer.call("GET", f"/u/{token}"),
        await customer.call("POST", f"/u/{token}"),
    ]

    assert [answer.status for answer in answers] == [404] * 4
