"""Checks Standard Webhooks signatures on calls that reach the lab."""

import binascii
from collections.abc import Mapping
from typing import Literal

from standardwebhooks.webhooks import (
    EmptyWebhookSecretError,
    Webhook,
    WebhookVerificationError,
)

Verdict = Literal["valid", "invalid", "unchecked"]


class BadSecret(ValueError):
    """Not a Standard Webhooks secret: ``whsec_`` and base64."""


def check(secret: str | None, headers: Mapping[str, str], body: bytes) -> Verdict:
    """Whether the call was signed with this secret; unchecked where there is none."""
    if secret is None:
        return "unchecked"
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return "invalid"
    return "valid"


def check_secret(secret: str) -> str:
    """The secret, if signatures can be checked with it.

    Raises:
        BadSecret: It cannot.
    """
    try:
        Webhook(secret)
    except (binascii.Error, EmptyWebhookSecretError) as error:
        raise BadSecret("A secret is whsec_ followed by base64") from error
    return secret
