"""The demo's account at a push service, which the lab plays."""

import json

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from demo.client import Client
from demo.company import key_file, write_secret
from openccm.platform.settings import Settings

_FILE = "push.json"


def reaching_phones(settings: Settings) -> Settings:
    """The settings with the lab's push service among the channels, unless another one is there."""
    if "push" in settings.channels:
        return settings
    push = {
        "adapter": "push",
        "service_account": f"file:{key_file(settings, _FILE)}",
        "base_url": _address(settings),
    }
    return settings.model_copy(update={"channels": {**settings.channels, "push": push}})


def open_account(settings: Settings) -> None:
    """Make the service account's file, where there is none or the lab has moved."""
    path = key_file(settings, _FILE)
    address = f"{_address(settings)}/token"
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["token_uri"] == address:
            return
        write_secret(path, json.dumps(known | {"token_uri": address}))
        return
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    account = {
        "type": "service_account",
        "project_id": "gannet-air",
        "private_key_id": "demo",
        "private_key": key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode(),
        "client_email": "push@gannet-air.example",
        "token_uri": address,
    }
    write_secret(path, json.dumps(account))


async def introduce_account(settings: Settings, lab: Client) -> None:
    """Tell the lab's push service by which key the account signs."""
    known = json.loads(key_file(settings, _FILE).read_text(encoding="utf-8"))
    key = load_pem_private_key(known["private_key"].encode(), None).public_key()
    public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    await lab.call("PUT", "/lab/push/account", {"public_key": public})


def _address(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.lab_http_port}/push"
