"""Passwords: which are good enough, how they are kept, and how one is checked."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from openccm.errors import InvalidError

LEAST, MOST = 12, 200
"""Characters. No rule asks for kinds of characters: length is what counts (NIST SP 800-63B)."""
_DISTINCT = 5

_HASHER = PasswordHasher()
# Each check takes 64 MiB; a flood of sign-ins must not take the machine's memory with it.
_WORKERS = ThreadPoolExecutor(2, thread_name_prefix="argon2")


def one_time_password() -> str:
    """A random password to be told once: 95 bits in groups that are easily typed."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def require_good(password: str, name: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        InvalidError: Says what is wrong with it.
    """
    if not LEAST <= len(password) <= MOST:
        raise InvalidError("password", f"A password has from {LEAST} to {MOST} characters.")
    if len(set(password)) < _DISTINCT:
        raise InvalidError("password", f"At least {_DISTINCT} of its characters differ.")
    if name.lower() in password.lower():
        raise InvalidError("password", "A password does not hold the user's name.")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A random password, and how it is kept."""

    plain: str
    hash: str


async def fresh_password() -> Fresh:
    """A new one; slow, so made outside of any transaction."""
    plain = one_time_password()
    return Fresh(plain, await hashed(plain))


async def hashed(password: str) -> str:
    """How a password is kept (argon2id)."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _HASHER.hash, password)


async def fits(password: str, kept: str | None) -> bool:
    """Whether it is this password. Takes as long where none is kept, so that time tells nothing."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_WORKERS, _fits, password, kept)


def _fits(password: str, kept: str | None) -> bool:
    try:
        _HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
