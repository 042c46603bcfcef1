"""Folders become bundles whole or not at all, with the same digest wherever they stand."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from openccm.errors import DefinitionError
from openccm.language.bundle import Bundle
from openccm.language.communication import CommunicationDefinition
from openccm.language.data_service import DataServiceDefinition
from openccm.language.folder import read_bundle
from openccm.language.loader import load_definitions, load_folder
from tests.language.desk import Desk


def bundle(root: Path, folder: str = "bill-ready") -> Bundle:
    loaded = load_folder(root / folder)
    assert isinstance(loaded, Bundle)
    return loaded


def test_a_bundle_holds_its_files_and_the_shared_ones_it_needs(desk: Desk) -> None:
    files = bundle(desk.root).files

    assert sorted(files) == [
        "assets/shared/letter.css",
        "communication.yaml",
        "samples/ordinary.yaml",
        "templates/email.de.html",
        "templates/email.en.html",
        "templates/letter.de.html",
        "templates/letter.en.html",
        "templates/shared/head.html",
        "templates/shared/letter.html",
    ]


def test_the_same_content_has_the_same_digest_anywhere(desk: Desk, tmp_path: Path) -> None:
    first = bundle(desk.root).digest
    moved = tmp_path / "elsewhere"
    shutil.copytree(desk.root, moved)

    assert bundle(moved).digest == first


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("bill-ready/templates/email.en.html", True),
        ("bill-ready/samples/ordinary.yaml", True),
        ("shared/templates/head.html", True),
        ("shared/assets/letter.css", True),
        ("shared/templates/unused.html", False),
        ("billing/service.yaml", False),
    ],
)
def test_what_a_bundle_needs_changes_its_digest_and_nothing_else_does(
    desk: Desk, file: str, changes: bool
) -> None:
    before = bundle(desk.root).digest

    with (desk.root / file).open("a") as opened:
        opened.write("# more\n")

    assert (bundle(desk.root).digest != before) is changes


def test_a_renamed_file_changes_the_digest(desk: Desk) -> None:
    before = bundle(desk.root).digest
    samples = desk.root / "bill-ready" / "samples"

    (samples / "ordinary.yaml").rename(samples / "usual.yaml")

    assert bundle(desk.root).digest != before


def test_a_stored_bundle_is_read_back(desk: Desk) -> None:
    stored = bundle(desk.root)

    assert read_bundle(stored.files) == stored.definition
    with pytest.raises(DefinitionError, match="code is missing"):
        read_bundle({"communication.yaml": b"kind: communication"})


def test_one_bad_folder_harms_no_other(desk: Desk) -> None:
    desk.communication.write_text("kind: communication\n\tcode: X")

    library = load_definitions(desk.root)

    assert [loaded.folder for loaded in library.bundles] == ["billing"]
    assert [found.file for found in library.problems] == ["bill-ready/communication.yaml"]


def test_two_folders_with_one_code_are_both_left_out(desk: Desk) -> None:
    shutil.copytree(desk.root / "bill-ready", desk.root / "again")

    library = load_definitions(desk.root)

    assert list(library.of(CommunicationDefinition)) == []
    assert list(library.of(DataServiceDefinition)) == ["billing"]
    assert [(found.file, found.path) for found in library.problems] == [
        ("again/communication.yaml", "$.code"),
        ("bill-ready/communication.yaml", "$.code"),
    ]


def grouped(root: Path) -> Path:
    """The same definitions, two of them in groups of their own."""
    (root / "brightwater" / "bills").mkdir(parents=True)
    shutil.move(root / "bill-ready", root / "brightwater" / "bills" / "bill-ready")
    shutil.move(root / "billing", root / "brightwater" / "billing")
    (root / "brightwater" / "README.md").write_text("The utility.")
    return root


def test_definitions_may_stand_in_groups_at_any_depth(desk: Desk) -> None:
    before = bundle(desk.root)

    library = load_definitions(grouped(desk.root))

    assert library.problems == ()
    assert [each.folder for each in library.bundles] == [
        "brightwater/billing",
        "brightwater/bills/bill-ready",
    ]
    assert library.bundle("BILL-READY").digest == before.digest
    assert bundle(desk.root, "brightwater/bills/bill-ready").digest == before.digest


def test_of_two_folders_with_one_code_the_error_names_both(desk: Desk) -> None:
    grouped(desk.root)
    shutil.copytree(desk.root / "brightwater" / "billing", desk.root / "airline" / "billing")

    library = load_definitions(desk.root)

    assert {each.file: each.message for each in library.problems} == {
        "airline/billing/service.yaml": (
            "airline/billing and brightwater/billing both define billing."
        ),
        "brightwater/billing/service.yaml": (
            "brightwater/billing and airline/billing both define billing."
        ),
    }


def test_a_problem_names_the_file_with_its_groups(desk: Desk) -> None:
    broken = grouped(desk.root) / "brightwater/bills/bill-ready/communication.yaml"
    broken.write_text("kind: communication")

    assert {each.file for each in load_definitions(desk.root).problems} == {
        "brightwater/bills/bill-ready/communication.yaml"
    }


def test_groups_nest_five_deep_and_no_deeper(desk: Desk) -> None:
    deep = desk.root.joinpath(*"abcdef")
    deep.mkdir(parents=True)
    shutil.move(desk.root / "billing", deep / "billing")

    library = load_definitions(desk.root)

    assert [each.folder for each in library.bundles] == ["bill-ready"]
    assert [(each.file, each.message) for each in library.problems] == [
        ("a/b/c/d/e", "It stands too deep.")
    ]


def spoil_link(folder: Path) -> None:
    (folder / "templates" / "link.html").symlink_to("/etc/hostname")


def spoil_folder_link(folder: Path) -> None:
    (folder / "assets").rmdir()
    (folder / "assets").symlink_to("/etc")


def spoil_pipe(folder: Path) -> None:
    os.mkfifo(folder / "templates" / "pipe.html")


def spoil_size(folder: Path) -> None:
    (folder / "assets" / "big.png").write_bytes(b"x" * 5_000_001)


def spoil_name(folder: Path) -> None:
    (folder / "assets" / "my logo.png").write_bytes(b"x")


def spoil_place(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")


def spoil_depth(folder: Path) -> None:
    deep = folder / "assets" / "a" / "b" / "c" / "d" / "e"
    deep.mkdir(parents=True)
    (deep / "x.png").write_bytes(b"x")


def spoil_count(folder: Path) -> None:
    for number in range(510):
        (folder / "assets" / f"{number}.png").write_bytes(b"x")


def spoil_shared(folder: Path) -> None:
    (folder / "templates" / "shared").mkdir()
    (folder / "templates" / "shared" / "letter.html").write_text("x")


def spoil_kinds(folder: Path) -> None:
    (folder / "service.yaml").write_text("kind: data-service")


def spoil_definition(folder: Path) -> None:
    (folder / "communication.yaml").unlink()


@pytest.mark.parametrize(
    ("spoil", "file", "message"),
    [
        (spoil_link, "bill-ready/templates/link.html", "no plain file"),
        (spoil_folder_link, "bill-ready/assets", "no plain file"),
        (spoil_pipe, "bill-ready/templates/pipe.html", "no plain file"),
        (spoil_size, "bill-ready/assets/big.png", "5,000,001 bytes"),
        (spoil_name, "bill-ready/assets/my logo.png", "odd characters"),
        (spoil_place, "bill-ready/notes.txt", "no place"),
        (spoil_depth, "bill-ready/assets/a/b/c/d", "no"),
        (spoil_count, "bill-ready", "more than 500 files"),
        (spoil_shared, "bill-ready", "kept for the shared folder"),
        (spoil_kinds, "bill-ready", "service.yaml and communication.yaml"),
        (spoil_definition, "bill-ready", "no definition"),
    ],
)
def test_odd_files_are_refused(
    desk: Desk, spoil: Callable[[Path], None], file: str, message: str
) -> None:
    folder = desk.root / "bill-ready"
    (folder / "assets").mkdir(exist_ok=True)
    spoil(folder)

    loaded = load_folder(folder)

    assert isinstance(loaded, list)
    assert any(found.file.startswith(file) and message in found.message for found in loaded), loaded
    assert all(found.mend for found in loaded)


def test_a_linked_folder_is_refused(desk: Desk, tmp_path: Path) -> None:
    (desk.root / "linked").symlink_to(desk.root / "bill-ready")

    library = load_definitions(desk.root)

    assert [found.file for found in library.problems] == ["linked"]
    assert isinstance(load_folder(desk.root / "linked"), list)


def test_what_editors_leave_behind_is_not_part_of_a_bundle(desk: Desk) -> None:
    before = bundle(desk.root).digest

    (desk.root / "bill-ready" / ".DS_Store").write_bytes(b"\0")

    assert bundle(desk.root).digest == before


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert load_definitions(tmp_path / "nowhere").problems
    assert isinstance(load_folder(tmp_path / "nowhere"), list)
