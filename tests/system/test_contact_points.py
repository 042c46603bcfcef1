"""A contact point is verified by what arrives there, and by nothing that arrives elsewhere."""

import re

from tests.system.town import Town


async def test_the_code_arrives_at_the_contact_point_and_verifies_it(town: Town) -> None:
    key = await town.person(
        contact_points=[
            {"channel": "email", "value": "first@canary.example", "verified": True},
            {"channel": "email", "value": "second@canary.example"},
        ]
    )
    person = await town.core.ask("GET", f"/v1/persons/{key}")
    place = f"/v1/persons/{key}/contact-points/{person['contact_points'][1]['id']}"
    sent = await town.core.ask("POST", f"{place}/code", {})
    message = (await town.mail((await town.delivered(sent["request_id"]))["id"]))[0]
    (code,) = set(re.findall(r"\b\d{6}\b", message["subject"]))
    point = await town.core.ask("POST", f"{place}/verify", {"code": code})

    assert message["recipients"] == ["second@canary.example"]
    assert point["verified"]
