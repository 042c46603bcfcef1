"""Release bundles: all of it goes live, or none."""

import pytest

from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.language.problems import InvalidDefinition
from openccm.platform.columns import new_id
from openccm.repository import releases
from openccm.repository.drafts import Text, save_draft
from openccm.repository.publication import unschedule
from openccm.repository.schedule import see_to
from openccm.repository.tables import ReleaseBundle
from tests.core.authors import BILL, DAY, Authors
from tests.core.making import NOW

OFFER = "SPRING-OFFER"


async def written(authors: Authors, *, amount: str = "bill.amount") -> None:
    """Version 2 of the offer, of the billing service, and of the bill that uses it, as drafts."""
    bill = authors.files()["communication.yaml"].replace(b"bill.amount", amount.encode())
    letter = {path: b"Dear\n" for path in authors.files() if path.startswith("templates/")}
    await authors.put(BILL, {"communication.yaml": bill, **letter})
    service = authors.files("billing")["service.yaml"].replace(b"bill.amount", amount.encode())
    await authors.put("billing", {"service.yaml": service.replace(b"2 seconds", b"3 seconds")})
    offer = authors.files("spring-offer")
    path = "templates/email.en.txt"
    await authors.put(OFFER, offer | {path: offer[path] + b"!\n"})


async def approve(authors: Authors, *codes: str) -> None:
    for code in codes:
        await authors.submit(code=code)
        await authors.judge(code=code)


async def bundle(authors: Authors, *codes: str) -> ReleaseBundle:
    async with authors.database.begin() as session:
        return await releases.create_release(
            session, "Spring", [(code, 2) for code in codes], authors.by()
        )


async def publish(authors: Authors, release: ReleaseBundle, **more: object) -> ReleaseBundle:
    async with authors.database.begin() as session:
        return await releases.publish_release(
            session,
            release.id,
            more.get("effective"),  # pyright: ignore[reportArgumentType]
            authors.by(),
        )


async def all_states(authors: Authors) -> list[str]:
    return [(await authors.states(code))[2] for code in (BILL, OFFER, "billing")]


async def test_all_of_a_release_goes_live_together(authors: Authors) -> None:
    await written(authors)
    release = await bundle(authors, BILL, OFFER, "billing")
    await approve(authors, BILL, OFFER, "billing")
    released = await publish(authors, release)

    assert released.state == "released"
    assert await all_states(authors) == ["live", "live", "live"]


async def test_one_that_is_rejected_keeps_all_from_going_live(authors: Authors) -> None:
    await written(authors)
    release = await bundle(authors, BILL, OFFER, "billing")
    await approve(authors, BILL, "billing")
    await authors.submit(code=OFFER)
    await authors.judge("reject", code=OFFER)
    with pytest.raises(ConflictError, match="Not approved: SPRING-OFFER version 2"):
        await publish(authors, release)

    assert await all_states(authors) == ["approved", "draft", "approved"]


async def test_what_is_written_anew_stays_in_the_release(authors: Authors) -> None:
    await written(authors)
    release = await bundle(authors, OFFER)
    await authors.submit(code=OFFER)
    await authors.judge("reject", code=OFFER)
    offer = authors.files("spring-offer")
    path = "templates/email.en.txt"
    async with authors.database.begin() as session:
        rows = await releases.members_of(session, release.id)
        digest = rows[0].digest
    async with authors.database.begin() as session:
        text = Text(offer | {path: offer[path] + b"?\n"}, 1, seen=digest)
        await save_draft(session, OFFER, text, authors.by())
        rows = await releases.members_of(session, release.id)
        assert [(row.code, row.version) for row in rows] == [(OFFER, 3)]


async def test_a_change_that_needs_both_goes_live_with_both_alone(authors: Authors) -> None:
    """The service renames a field that the bill reads: neither can be submitted alone."""
    await written(authors, amount="bill.total")
    with pytest.raises(InvalidDefinition, match=r"has no bill\.total"):
        await authors.submit()
    with pytest.raises(InvalidDefinition, match=r"has no bill\.amount"):
        await authors.submit(code="billing")
    release = await bundle(authors, BILL, "billing")
    await approve(authors, BILL, "billing")
    await publish(authors, release)

    assert (await all_states(authors))[0::2] == ["live", "live"]


async def test_a_version_of_a_release_does_not_go_live_alone(authors: Authors) -> None:
    await written(authors)
    await bundle(authors, BILL, OFFER)
    await approve(authors, BILL)
    with pytest.raises(ConflictError, match="belongs to a release"):
        await authors.publish(2)
    with pytest.raises(ConflictError, match="another release"):
        await bundle(authors, BILL)


async def test_a_release_goes_live_at_its_instant(authors: Authors) -> None:
    await written(authors)
    release = await bundle(authors, BILL, "billing")
    await approve(authors, BILL, "billing")
    await publish(authors, release, effective=NOW + DAY)
    assert (await all_states(authors))[0::2] == ["scheduled", "scheduled"]
    row = await authors.version(2)
    async with authors.database.begin() as session:
        assert await see_to(session, row.id, NOW + DAY) is None
        assert (await releases.release_of(session, release.id)).state == "released"

    assert (await all_states(authors))[0::2] == ["live", "live"]


async def test_the_schedule_of_one_is_that_of_all(authors: Authors) -> None:
    await written(authors)
    release = await bundle(authors, BILL, "billing")
    await approve(authors, BILL, "billing")
    await publish(authors, release, effective=NOW + DAY)
    async with authors.database.begin() as session:
        await unschedule(session, BILL, 2, "not yet", authors.by())
        assert (await releases.release_of(session, release.id)).state == "open"

    assert (await all_states(authors))[0::2] == ["approved", "approved"]
    assert (await publish(authors, release)).state == "released"


async def test_a_release_is_taken_apart(authors: Authors) -> None:
    await written(authors)
    release = await bundle(authors, BILL, OFFER)
    await approve(authors, BILL)
    async with authors.database.begin() as session:
        await releases.cancel_release(session, release.id, "not this year", authors.by())
    with pytest.raises(ConflictError, match="cancelled"):
        await publish(authors, release)

    assert (await authors.publish(2)).state == "live"


async def test_what_cannot_be_released_is_refused(authors: Authors) -> None:
    await written(authors)
    async with authors.database.begin() as session:
        for members, error in (
            ([(BILL, 1)], ConflictError),
            ([(BILL, 9)], NotFoundError),
            ([(BILL, 2), (BILL, 1)], InvalidError),
        ):
            with pytest.raises(error):
                await releases.create_release(session, "x", members, authors.by())
        with pytest.raises(NotFoundError):
            await releases.release_of(session, new_id())
        assert await releases.releases(session) == []
