"""Secrets: found late, sealed, signed; and a key that two processes make at once."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openccm.errors import NotFoundError
from openccm.platform.secrets import SecretError, Vault, ensure_key_file, resolve

VAULT, OTHER = Vault(b"a" * 32), Vault(b"b" * 32)


def test_a_reference_is_read_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("OPENCCM_TEST_SECRET", "from the environment")

    assert resolve("env:OPENCCM_TEST_SECRET") == "from the environment"
    assert resolve(f"file:{tmp_path / 'secret'}") == "from the file"
    assert resolve("https://billing.example:8443/data") == "https://billing.example:8443/data"
    assert resolve("whsec_abc") == "whsec_abc"


@pytest.mark.parametrize("reference", ["env:OPENCCM_NOT_THERE", "file:/not/there", "file:/tmp"])
def test_a_reference_to_nothing_is_named(reference: str) -> None:
    with pytest.raises(NotFoundError) as missing:
        resolve(reference)

    assert reference.partition(":")[2] in str(missing.value)


@given(st.text())
def test_what_was_sealed_is_read_again_and_never_looks_the_same(plain: str) -> None:
    sealed = VAULT.seal(plain)

    assert VAULT.unseal(sealed) == plain
    assert VAULT.seal(plain) != sealed


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SecretError):
        OTHER.unseal(VAULT.seal("whsec_abc"))


@pytest.mark.parametrize("place", [0, 5, 12, 20, -1])
def test_a_sealed_secret_that_was_altered_stays_shut(place: int) -> None:
    raw = bytearray(base64.b64decode(VAULT.seal("whsec_abc")))
    raw[place] ^= 1

    with pytest.raises(SecretError):
        VAULT.unseal(base64.b64encode(raw).decode())


@pytest.mark.parametrize("sealed", ["", "A", "AAAA", "no base64 at all", "ö", "A" * 24])
def test_what_was_never_sealed_stays_shut(sealed: str) -> None:
    with pytest.raises(SecretError):
        VAULT.unseal(sealed)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_link_that_we_signed_is_read_again(text: str) -> None:
    token = VAULT.sign_link(text)

    assert VAULT.read_link(token) == text
    assert OTHER.read_link(token) is None


@pytest.mark.parametrize(
    "altered",
    [
        "",
        ".",
        "no-dot",
        "0192.",
        ".AAAAAAAAAAAAAAAAAAAA",
        "0193{signature}",
        "0192{signature}A",
        "0192{signature}=",
        "0192.x{signature}",
        " 0192{signature}",
        "0192.ünicode",
        "0192.\udc80",
    ],
)
def test_a_link_that_was_altered_is_nobodys(altered: str) -> None:
    _, dot, signature = VAULT.sign_link("0192").rpartition(".")

    assert VAULT.read_link(altered.format(signature=dot + signature)) is None


def test_a_signature_of_one_text_fits_no_other() -> None:
    signature = VAULT.sign_link("0192").rpartition(".")[2]

    assert VAULT.read_link(f"0193.{signature}") is None


def test_each_purpose_has_its_own_key() -> None:
    assert VAULT.receipts != OTHER.receipts
    assert VAULT.receipts not in (b"a" * 32, bytes(32))


def test_a_vault_opens_with_the_key_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "master.key"
    ensure_key_file(path)
    first = path.read_text()
    ensure_key_file(path)

    assert path.read_text() == first
    assert len(base64.b64decode(first)) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    vault = Vault.open(f"file:{path}")
    assert Vault.open(f"file:{path}").unseal(vault.seal("x")) == "x"


@pytest.mark.parametrize("key", ["", "AAAA", "correct horse battery staple"])
def test_a_key_that_is_no_key_opens_no_vault(tmp_path: Path, key: str) -> None:
    """A half-written file must not become a master key that anybody can guess."""
    path = tmp_path / "master.key"
    path.write_text(key)

    with pytest.raises((SecretError, NotFoundError)):
        Vault.open(f"file:{path}")


def test_of_two_processes_that_make_a_key_both_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    script = (
        "import pathlib, sys, time\n"
        "from openccm.platform.secrets import ensure_key_file\n"
        "path, start = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])\n"
        "pathlib.Path(sys.argv[3]).touch()\n"
        "while not start.exists(): pass\n"
        "ensure_key_file(path)\n"
        "print(path.read_text(), end='')\n"
    )
    ready = [tmp_path / f"ready{number}" for number in range(3)]
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script, path, tmp_path / "start", flag], stdout=subprocess.PIPE
        )
        for flag in ready
    ]
    while not all(flag.exists() for flag in ready):
        assert all(racer.poll() is None for racer in racers)
    (tmp_path / "start").touch()
    read = {racer.communicate(timeout=20)[0] for racer in racers}

    assert read == {path.read_bytes()}
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert sorted(left.name for left in tmp_path.glob("master*")) == ["master.key"]
