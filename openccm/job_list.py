"""Every job there is: who adds one adds a line here."""

from openccm.communications.desk import Desk
from openccm.contacts.keeping import ToDosFromContacts
from openccm.jobs.job import Job
from openccm.letters.job import LetterExtract


def every_job(desk: Desk) -> tuple[Job, ...]:
    """The jobs of an installation, each handed what it works with."""
    return (LetterExtract(desk), ToDosFromContacts(desk.repository, desk.clock))
