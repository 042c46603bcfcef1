"""The embedded Temporal server, the real one: it is ready when it says so, and forgets nothing."""

from pathlib import Path

import httpx

from openccm.platform.parts import embedded_parts
from openccm.platform.ports import free_ports
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack
from openccm.platform.temporal_server import SEARCH_ATTRIBUTES


async def test_workflows_can_be_found_by_our_attributes_even_after_a_kill(tmp_path: Path) -> None:
    grpc, http, ui = free_ports(3)
    settings = Settings.load(
        data_dir=tmp_path,
        temporal_port=grpc,
        temporal_http_port=http,
        temporal_ui_port=ui,
        temporal_namespace="north",
    )
    async with Stack(settings, embedded_parts(settings, only=["temporal"])) as stack:
        assert set(SEARCH_ATTRIBUTES) <= await _attributes(http)
        await stack.kill("temporal")
        await stack.wait_ready("temporal")

        assert set(SEARCH_ATTRIBUTES) <= await _attributes(http)


async def _attributes(port: int) -> set[str]:
    url = f"http://127.0.0.1:{port}/cluster/namespaces/north/search-attributes"
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)
    return set(answer.json()["customAttributes"])
