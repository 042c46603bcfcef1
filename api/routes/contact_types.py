"""Contact types: what can be logged now, what each must tell, and what follows from it."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import ContactReader, HouseDep, Reading
from api.routes.language import ValueRead
from openccm.language.communication import CommunicationDefinition
from openccm.language.contact_class import ContactClassDefinition
from openccm.language.contact_type import ContactTypeDefinition
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.repository.versions import Repository

router = APIRouter(prefix="/v1/contact-types", tags=["customer contacts"])

Titles = dict[str, str]


class CharacteristicRead(BaseModel):
    """A field that contacts of a type carry."""

    value: ValueRead
    required: bool
    choices: Annotated[list[str], Field(description="The only values accepted; none for any.")]


class FollowingRead(BaseModel):
    """Something that logging a contact leads to."""

    kind: Literal["communication", "to-do", "reminder"]
    code: str
    title: str
    when: Annotated[str | None, Field(description="Only where this rule holds.")] = None
    after: Annotated[str | None, Field(description="When it is due.")] = None


class ContactTypeRead(BaseModel):
    """A contact type that is live."""

    code: str
    title: str
    class_code: Annotated[str, Field(serialization_alias="class")]
    class_title: str
    about: list[str]
    direction: Annotated[str | None, Field(description="Null: whoever logs it says so.")]
    methods: list[str]
    opens: str
    characteristics: list[CharacteristicRead]
    follows: list[FollowingRead]

    @classmethod
    def of(cls, kind: ContactTypeDefinition, titles: Titles) -> "ContactTypeRead":
        """The public face of a definition, with the titles of those it names."""
        return cls(
            code=kind.code,
            title=kind.title,
            class_code=kind.class_,
            class_title=titles.get(kind.class_, kind.class_),
            about=[*kind.about],
            direction=kind.direction,
            methods=[*kind.methods],
            opens=kind.opens,
            characteristics=[
                CharacteristicRead(
                    value=ValueRead.of(name, shape),
                    required=shape.required,
                    choices=[*shape.values],
                )
                for name, shape in kind.characteristics.items()
            ],
            follows=_follows(kind, titles),
        )


def _follows(kind: ContactTypeDefinition, titles: Titles) -> list[FollowingRead]:
    found: list[FollowingRead] = []
    if (letter := kind.communication) is not None:
        code = letter.communication
        title = titles.get(code, code)
        found.append(FollowingRead(kind="communication", code=code, title=title, when=letter.when))
    if (work := kind.to_do) is not None:
        title = titles.get(work.type, work.type)
        found.append(FollowingRead(kind="to-do", code=work.type, title=title))
    if (promise := kind.reminder) is not None:
        title = promise.note or titles.get(promise.to_do, promise.to_do)
        after = str(promise.after)
        found.append(FollowingRead(kind="reminder", code=promise.to_do, title=title, after=after))
    return found


@router.get("")
async def list_contact_types(
    house: HouseDep, session: Reading, caller: ContactReader
) -> list[ContactTypeRead]:
    """Every type that the caller may log, by code."""
    repository = house.desk.repository
    titles = await _titles(session, repository)
    live = await repository.live_of(session, ContactTypeDefinition)
    return [
        ContactTypeRead.of(kind, titles)
        for kind, _ in live
        if caller.definitions is None or kind.code in caller.definitions
    ]


async def _titles(session: AsyncSession, repository: Repository) -> Titles:
    titles: Titles = {}
    for model in (ContactClassDefinition, CommunicationDefinition, ToDoTypeDefinition):
        live = await repository.live_of(session, model)
        titles |= {definition.code: definition.title for definition, _ in live}
    return titles
