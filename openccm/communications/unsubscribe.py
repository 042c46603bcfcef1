"""From the signed link in a message to the consent it withdraws."""

from uuid import UUID

from openccm.communications.desk import Desk
from openccm.communications.queries import communication_by_id
from openccm.communications.tables import Communication
from openccm.errors import NotFoundError
from openccm.privacy.consents import set_consent


async def purpose_of(desk: Desk, token: str) -> str:
    """What the link unsubscribes from.

    Raises:
        NotFoundError: We did not sign this link.
    """
    _, purpose = await _read(desk, token)
    return purpose


async def withdraw(desk: Desk, token: str) -> str:
    """Withdraw the recipient's consent and answer for which purpose.

    Raises:
        NotFoundError: We did not sign this link.
    """
    communication, purpose = await _read(desk, token)
    async with desk.database.begin() as session:
        await set_consent(
            session,
            communication.person_id,
            purpose,
            "withdrawn",
            source=f"communication:{communication.id}",
            actor="recipient",
            now=desk.clock(),
        )
    return purpose


async def _read(desk: Desk, token: str) -> tuple[Communication, str]:
    signed = desk.vault.read_link(token)
    # With a dot it was signed for something else.
    if signed is None or "." in signed:
        raise NotFoundError("unsubscribe link", "like this")
    async with desk.database.read() as session:
        communication = await communication_by_id(session, UUID(hex=signed))
        published = await desk.repository.pinned(
            session, communication.definition, communication.version
        )
    return communication, published.definition.purpose
