"""Return addresses that nobody can forge."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openccm.channels.addresses import normalise_address
from openccm.channels.verp import find_token, make_token, read_token, return_address

SECRET = b"a secret of the test"
COMMUNICATION = UUID("0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11")


@given(st.uuids(), st.integers(0, 65_535))
def test_a_token_says_which_attempt_it_was(communication_id: UUID, attempt: int) -> None:
    token = make_token(SECRET, communication_id, attempt)

    assert read_token(SECRET, token) == (communication_id, attempt)
    assert read_token(SECRET, token.upper()) == (communication_id, attempt)


def test_a_return_address_is_a_valid_address() -> None:
    address = return_address(make_token(SECRET, COMMUNICATION, 1), "in.brightwater.example")

    assert normalise_address(address) == address
    assert len(address.partition("@")[0]) == 47


def test_a_changed_token_is_not_ours() -> None:
    token = make_token(SECRET, COMMUNICATION, 1)
    changed = [
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in "abcdefghijklmnopqrstuvwxyz234567"
        if token[place] != letter
    ]

    assert not any(read_token(SECRET, one) for one in changed)


def test_another_secret_reads_nothing() -> None:
    assert read_token(b"another secret", make_token(SECRET, COMMUNICATION, 1)) is None


@pytest.mark.parametrize("junk", ["", "a" * 44, "a" * 46, "1" * 45, "ä" * 45, "a" * 44 + "\n"])
def test_junk_is_no_token(junk: str) -> None:
    assert read_token(SECRET, junk) is None


def test_a_token_is_found_in_a_header() -> None:
    token = make_token(SECRET, uuid4(), 2)

    assert find_token(f"To: <{return_address(token, 'in.example').upper()}>") == token
    assert find_token(f"To: <sub+{token}@in.example>") is None
    assert find_token("To: <jane@example.com>") is None
