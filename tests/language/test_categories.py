"""What each category must respect, and what it may pass."""

from typing import get_args

from openccm.language.categories import CATEGORIES, Category


def passing(fact: str) -> set[str]:
    return {name for name, facts in CATEGORIES.items() if not getattr(facts, fact)}


def test_every_category_has_its_facts() -> None:
    assert set(CATEGORIES) == set(get_args(Category))


def test_only_marketing_needs_consent_and_a_one_click_way_out() -> None:
    assert passing("needs_consent") == set(CATEGORIES) - {"marketing"}
    assert passing("one_click_unsubscribe") == set(CATEGORIES) - {"marketing"}


def test_what_is_mandatory_cannot_be_opted_out_of() -> None:
    mandatory = {name for name, facts in CATEGORIES.items() if facts.mandatory}

    assert mandatory == {"legal", "security", "emergency"}
    assert passing("honours_opt_out") == mandatory


def test_only_what_is_urgent_comes_at_night() -> None:
    assert passing("honours_quiet_hours") == {"security", "emergency"}


def test_only_an_emergency_passes_everything() -> None:
    assert passing("honours_suppression") == {"emergency"}
    assert passing("honours_do_not_contact") == {"emergency"}
