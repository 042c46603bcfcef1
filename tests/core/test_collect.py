"""Collecting data: from the payload, and from services that answer, fail or talk nonsense."""

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openccm.data.collect import Collected, collect, typed_values
from openccm.data.services import DataDesk
from openccm.errors import DataError, DataMissing, DataUnavailable, NotFoundError
from openccm.language.data_service import DataServiceDefinition
from tests.core.answering import DATA, KEYS, VALUES, Billing, gather, service
from tests.core.making import definition


async def test_values_come_from_where_they_are_declared(desk: DataDesk, billing: Billing) -> None:
    collected = await gather(desk, service(billing.url))

    assert collected.values == {"bill.number": "B-417", **VALUES}
    assert collected.sources == {
        "bill.number": "payload",
        "bill.amount": "billing",
        "bill.due_date": "billing",
    }
    assert typed_values(definition(data=DATA).data, collected.values) == {
        "bill": {
            "number": "B-417",
            "amount": Decimal("186.40"),
            "due_date": date(2026, 6, 1),
        }
    }


async def test_what_nobody_needs_is_asked_of_nobody(desk: DataDesk, billing: Billing) -> None:
    data = {"bill.number": {"type": "text", "from": "payload"}}
    collected = await gather(desk, service(billing.url), data)

    assert collected.values == {"bill.number": "B-417"}
    assert billing.asked == []


AMOUNT = {"type": "money", "from": "billing"}


@pytest.mark.parametrize("reply", [{}, {"bill.amount": None}], ids=["left out", "null"])
@pytest.mark.parametrize(
    ("policy", "value", "source"),
    [("hide", None, "hidden"), ({"default": "0.00"}, "0.00", "default")],
)
async def test_a_missing_value_is_answered_by_its_policy(
    desk: DataDesk, billing: Billing, reply: Any, policy: Any, value: Any, source: str
) -> None:
    billing.says({"values": reply})
    data = {"bill.amount": AMOUNT | {"missing": policy}}
    collected = await gather(
        desk, service(billing.url), data | {"bill.number": DATA["bill.number"]}
    )

    assert collected.values["bill.amount"] == value
    assert collected.sources["bill.amount"] == source


@pytest.mark.parametrize(("policy", "error"), [("fail", DataMissing), ("wait", DataUnavailable)])
async def test_a_value_that_cannot_be_done_without_is_waited_for_or_missed(
    desk: DataDesk, billing: Billing, policy: str, error: type[DataError]
) -> None:
    billing.says({"values": {}})
    data = {"bill.amount": AMOUNT | {"missing": policy}, "bill.number": DATA["bill.number"]}

    with pytest.raises(error, match=r"bill\.amount"):
        await gather(desk, service(billing.url), data)


async def test_a_hidden_value_is_there_and_empty_for_templates() -> None:
    declared = definition(data={"agent": {"type": "text", "from": "payload", "missing": "hide"}})

    assert typed_values(declared.data, {"agent": None}) == {"agent": None}


@pytest.mark.parametrize(
    "value", ["186,40", True, [1], {"amount": 1}, "1e3", "NaN", "9" * 40, "", " 1"]
)
async def test_a_value_of_the_wrong_kind_is_no_value(
    desk: DataDesk, billing: Billing, value: Any
) -> None:
    billing.says({"values": VALUES | {"bill.amount": value}})
    with pytest.raises(DataError) as refused:
        await gather(desk, service(billing.url))

    assert not isinstance(refused.value, DataUnavailable | DataMissing)
    assert "bill.amount" in str(refused.value)
    assert not (isinstance(value, str) and len(value) > 2 and value in str(refused.value))


async def test_the_digest_is_of_the_values_and_not_of_their_order() -> None:
    one, other = Collected(), Collected()
    one.take("a", {"x": Decimal("1.10"), "y": date(2026, 1, 2)})
    other.take("b", {"y": date(2026, 1, 2)})
    other.take("a", {"x": Decimal("1.10")})

    assert one.digest() == other.digest()
    other.take("a", {"x": Decimal("1.1")})
    assert one.values == {"x": "1.10", "y": "2026-01-02"}
    assert one.digest() != other.digest()


_PACKAGE = '''
"""A data service as a customiser installs it."""

from openccm.data.services import DataReply
from openccm.errors import DataUnavailable


class Good:
    async def fetch(self, request):
        assert request.fields == ("bill.amount", "bill.due_date")
        return DataReply(
            values={"bill.amount": "12.50", "bill.due_date": request.keys["due"]}
        )


class Ill:
    async def fetch(self, request):
        raise DataUnavailable("The ledger is closed for the night.")


class Odd:
    async def fetch(self, request):
        return {"values": 7}
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package on the path that offers data services, found as installed ones are."""
    (tmp_path / "brightwater_data.py").write_text(_PACKAGE)
    info = tmp_path / "brightwater_data-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brightwater-data\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[openccm.data_services]\n"
        + "".join(
            f"{name.lower()} = brightwater_data:{name}\n" for name in ("Good", "Ill", "Odd", "Slow")
        )
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("brightwater_data", None)


def python(name: str) -> DataServiceDefinition:
    said = service("https://nowhere.example")
    facts = said.model_dump(exclude={"http"}, exclude_unset=True, by_alias=True)
    return DataServiceDefinition.model_validate(facts | {"python": name})


@pytest.mark.usefixtures("installed")
async def test_a_python_package_answers_like_any_other_service(desk: DataDesk) -> None:
    declared, offered = definition(data=DATA), python("good")
    keys = KEYS | {"due": "2026-06-01"}
    collected = await collect(
        desk, declared.data, {"billing": offered}, {"bill.number": "B-417"}, keys
    )

    assert collected.values["bill.amount"] == "12.50"
    assert collected.values["bill.due_date"] == "2026-06-01"


@pytest.mark.usefixtures("installed")
async def test_a_python_package_may_be_unwell(desk: DataDesk) -> None:
    with pytest.raises(DataUnavailable, match="ledger"):
        await gather(desk, python("ill"))


@pytest.mark.usefixtures("installed")
async def test_a_python_package_may_talk_nonsense(desk: DataDesk) -> None:
    with pytest.raises(DataError, match="unusable"):
        await gather(desk, python("odd"))


async def test_a_package_that_is_not_installed_is_named(desk: DataDesk) -> None:
    with pytest.raises((DataError, NotFoundError), match="nobody-brought-this"):
        await gather(desk, python("nobody-brought-this"))
