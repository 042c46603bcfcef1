"""Signed links for customers: what for, to what, and until when; nothing about them is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from openccm.errors import ExpiredError, NotFoundError
from openccm.platform.secrets import Vault

LASTS = timedelta(days=7)
"""How long a link is good for where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads the links of one purpose; those of another are no good here."""

    vault: Vault
    purpose: str
    """Lower case, without dots: ``document``."""

    def make(self, subject: str, until: datetime) -> str:
        """A token that stands for the subject, fit for a URL; it names nobody."""
        return self.vault.sign_link(f"{self.purpose}.{subject}.{int(until.timestamp())}")

    def read(self, token: str, now: datetime) -> str:
        """The subject of a token that is good now.

        Raises:
            NotFoundError: We did not sign it, or for something else.
            ExpiredError: Its time is over.
        """
        text = self.vault.read_link(token)
        purpose, _, rest = (text or "").partition(".")
        subject, _, until = rest.rpartition(".")
        if text is None or purpose != self.purpose or not subject:
            raise NotFoundError("link", "like this")
        if datetime.fromtimestamp(int(until), UTC) <= now:
            raise ExpiredError("This link has expired. Ask us for a new one.")
        return subject
