"""Signed questions over HTTP: what OpenCCM asks other systems' endpoints, and how much it hears."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from standardwebhooks import Webhook

from openccm.errors import OpenCCMError
from openccm.platform.clock import Clock
from openccm.platform.columns import new_id
from openccm.platform.secrets import resolve

MAX_ANSWER = 1 << 20
"""Bytes; an endpoint that has more to say is not listened to."""


class EndpointError(OpenCCMError):
    """An endpoint gave no usable answer. The message goes on from its name."""

    code = "endpoint_failed"


class EndpointUnavailable(EndpointError):
    """The endpoint is away or unwell: ask again later."""

    code = "endpoint_unavailable"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, and with whose signature; both may be references."""

    url: str
    secret: str | None


async def ask(http: aiohttp.ClientSession, endpoint: Endpoint, body: str, *, clock: Clock) -> bytes:
    """The bytes of a good answer to a JSON question, signed by Standard Webhooks.

    Raises:
        NotFoundError: A reference leads nowhere.
        EndpointUnavailable: It cannot be reached, or says that it is unwell.
        EndpointError: It refuses, or says more than it may.
    """
    headers = {"content-type": "application/json", **_signature(endpoint, body, clock)}
    url = resolve(endpoint.url)
    try:
        async with http.post(url, data=body, headers=headers, allow_redirects=False) as response:
            content = await _bounded(response)
    except (aiohttp.ClientError, OSError) as error:
        raise EndpointUnavailable(f"cannot be reached ({type(error).__name__})") from None
    if response.status in (408, 429) or response.status >= 500:
        raise EndpointUnavailable(f"answered {response.status}")
    if response.status != 200:
        raise EndpointError(f"answered {response.status}")
    if content is None:
        raise EndpointError(f"answered with more than {MAX_ANSWER:,} bytes")
    return content


def _signature(endpoint: Endpoint, body: str, clock: Clock) -> Mapping[str, str]:
    if not endpoint.secret:
        return {}
    now, call_id = clock(), str(new_id())
    signer = Webhook(resolve(endpoint.secret))
    return {
        "webhook-id": call_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(call_id, now, body),
    }


async def _bounded(response: aiohttp.ClientResponse) -> bytes | None:
    """The content; None where it is too much."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > MAX_ANSWER:
            response.close()
            return None
    return bytes(content)
