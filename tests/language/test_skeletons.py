"""New definitions pass the checker, but for the names that only an author can choose."""

import pytest

from openccm.language.bundle import Bundle, Library
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.language.skeletons import skeleton
from openccm.repository.checking import problems_of

CODES = {"approval-policy": "approval-policy", "data-service": "new-service"}
UNCHOSEN = {"contact-type": ["class NEW"], "event-binding": ["PROCESS"]}
"""What a kind cannot do without and nobody but its author can name."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_definition_of_every_kind_passes(kind: str) -> None:
    title = 'A "new" one: it\'s #1, {{ 1 }}'.replace("{{ 1 }}", "really")
    code = CODES.get(kind, "NEW-ONE")
    files = {path: text.encode() for path, text in skeleton(kind, code, title).items()}
    bundle = bundle_of(code, files)
    assert isinstance(bundle, Bundle), bundle
    found = problems_of(bundle, Library((bundle,)))

    missing = UNCHOSEN.get(kind, [])
    assert bundle.definition.title == title
    told = [each.message for each in found]
    assert [each for each in told if not any(name in each for name in missing)] == []
    assert bool(told) is bool(missing)
