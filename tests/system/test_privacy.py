"""What must not be told, and what a recipient can stop."""

import json
from uuid import uuid4

from temporalio.client import Client, WorkflowExecution

from tests.system.town import Town, eventually


async def test_no_history_names_the_recipient(town: Town) -> None:
    canary = uuid4().hex
    person = await town.person(
        name=f"Canary {canary}",
        contact_points=[{"channel": "email", "value": f"{canary}@canary.example"}],
    )
    request = await town.alert(
        person,
        payload={"alert": {"what": canary, "when": "2026-11-20T08:00:00Z", "device": "Firefox"}},
    )
    await town.delivered(request["id"])
    client = await Client.connect(town.settings.temporal_address)
    handle = client.get_workflow_handle(f"SECURITY-ALERT/BILLING/{request['idempotency_key']}")
    history = "".join(str(event) for event in (await handle.fetch_history()).events)
    logs = "".join(path.read_text() for path in town.settings.logs_dir.glob("*.log"))

    assert request["id"] in history
    assert canary not in history
    assert canary not in logs


async def test_supervisors_find_runs_by_what_they_are_about(town: Town) -> None:
    request = await town.alert(await town.person())
    communication = await town.delivered(request["id"])
    client = await Client.connect(town.settings.temporal_address)
    query = "OpenccmDefinition = 'SECURITY-ALERT' AND OpenccmChannel = 'email'"

    async def listed() -> list[WorkflowExecution]:
        found = [run async for run in client.list_workflows(query)]
        return [run for run in found if run.id.endswith(request["idempotency_key"])]

    mine = await eventually(listed, "the run listed by its search attributes")

    assert [run.workflow_type for run in mine] == ["SECURITY-ALERT"]
    assert communication["id"] not in json.dumps([run.id for run in mine])


async def test_one_click_ends_the_marketing(town: Town) -> None:
    person = await town.person(consents={"marketing": "granted"}, time_zone="Pacific/Auckland")
    offer = {"offer": {"code": "SPRING", "discount": "10"}}
    body = {
        "definition": "SPRING-OFFER",
        "idempotency_key": f"offer-{uuid4().hex}",
        "person": person,
        "payload": offer,
    }
    preview = await town.core.ask(
        "POST", "/v1/requests/dry-run", {k: v for k, v in body.items() if k != "idempotency_key"}
    )
    zone = "Pacific/Auckland" if preview["not_before"] is None else "Europe/London"
    await town.core.ask(
        "PUT",
        f"/v1/persons/{person}",
        {
            "name": "Zoë Ångström",
            "time_zone": zone,
            "contact_points": [{"channel": "email", "value": f"{person.lower()}@canary.example"}],
        },
    )
    request = await town.core.ask("POST", "/v1/requests", body)
    communication = await town.delivered(request["id"])
    (mail,) = await town.mail(communication["id"])
    detail = await town.lab.ask("GET", f"/lab/messages/{mail['id']}")
    headers = {header["name"].lower(): header["value"] for header in detail["headers"]}
    pressed = await town.lab.ask("POST", f"/lab/messages/{mail['id']}/unsubscribe")
    second = await town.core.ask(
        "POST", "/v1/requests", body | {"idempotency_key": f"offer-{uuid4().hex}"}
    )
    refused = await town.until(second["id"], "opted_out")

    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert pressed["status"] == 200
    assert refused["reason"] == "consent_withdrawn"


async def test_a_forged_unsubscribe_link_changes_nothing(town: Town) -> None:
    answers = [
        await town.nobody.call(method, f"/u/{uuid4().hex}.AAAA") for method in ("GET", "POST")
    ]

    assert [answer.status for answer in answers] == [404, 404]


async def test_every_view_of_a_document_is_on_the_trail(town: Town) -> None:
    request = await town.alert(await town.person())
    communication = await town.delivered(request["id"])
    (document, *_) = await town.core.ask(
        "GET", f"/v1/communications/{communication['id']}/documents"
    )
    await town.core.call("GET", f"/v1/documents/{document['id']}")
    trail = await town.operator.ask(
        "GET", f"/v1/audit?chain=request:{request['id']}&action=document.viewed"
    )

    assert [entry["actor"] for entry in trail["items"]] == ["system:BILLING"]
