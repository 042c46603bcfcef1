"""One search box: whatever an agent has at hand finds the person, the account or the premise."""

import pytest
from sqlmodel import select

from openccm.parties.objects import Name
from openccm.parties.people import Reach
from openccm.parties.search import index, typos
from openccm.parties.search.folding import address_words, fold, words
from openccm.parties.search.reading import readings
from openccm.parties.search.renewal import renew
from openccm.parties.tables import SearchEntry, SearchWord
from tests.parties.town import Town


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("moreno 7700900101", "P-1001"),
        ("+447700900101", "P-1001"),
        ("07700 900101", "P-1001"),
        ("0044 7700 900101", "P-1001"),
        ("(07700) 900-101", "P-1001"),
        ("900101", "P-1001"),
        ("70090 0101", "P-1001"),
        ("moreno 0101", "P-1001"),
        ("01632 960102", "P-1002"),
        ("P-1001", "P-1001"),
        ("p1001", "P-1001"),
        ("1001", "P-1001"),
        ("A-5001", "A-5001"),
        ("14 mill ln ls1", "PR-9001"),
        ("14 mill lane leeds ls1 4ab", "PR-9001"),
        ("LS14AB 14", "PR-9001"),
        ("141 millbrook", "PR-9003"),
        ("mpan1200-0417-55", "PR-9001"),
        ("0417-9", "A-5002"),
        ("GA-778812", "P-2001"),
        ("ga778812", "P-2001"),
        ("778812", "P-2001"),
        ("leila.haddad@example.com", "P-2001"),
        ("LEILA.HADDAD@Example.com", "P-2001"),
        ("leila.had", "P-2001"),
        ("ana moreno", "P-1001"),
        ("Moreno, Ana", "P-1001"),
        ("mor an", "P-1001"),
        ("anna morena", "P-1099"),
        ("haddad maya", "P-2003"),
        ("haddad laila", "P-2001"),
        ("hadad leila", "P-2001"),
        ("tomas baker", "P-1002"),
        ("tomsa bakker", "P-1002"),
        ("samuell okorro", "P-3001"),
        ("eleni papadopoulou", "P-1008"),
        ("Παπαδοπούλου", "P-1008"),
        ("odonnell", "P-1012"),
        ("zolkiewska", "P-1012"),
        ("Zolkievska", "P-1012"),
        ("o'donnell zolk", "P-1012"),
    ],
)
async def test_what_an_agent_types_finds_whom_they_mean(town: Town, query: str, first: str) -> None:
    assert (await town.keys(query))[:1] == [first]


async def test_an_account_stands_below_its_holder(town: Town) -> None:
    assert (await town.keys("ana moreno"))[:2] == ["P-1001", "A-5001"]
    assert await town.keys("moreno", "account") == ["A-5001"]


async def test_who_is_not_there_is_not_found(town: Town) -> None:
    assert await town.keys("quisling") == []
    assert await town.keys("") == []
    assert await town.keys("%") == []
    assert await town.keys("_ _") == []
    assert await town.keys("7999999999") == []


@pytest.mark.parametrize("query", ['"', "name", ":name", "ana*", "a OR b", "NEAR(", "' --", "ana:"])
async def test_what_a_database_would_take_for_a_command_is_a_word(town: Town, query: str) -> None:
    found = await town.keys(query)

    assert "P-1002" not in found


async def test_one_word_too_many_does_not_hide_what_was_meant(town: Town) -> None:
    assert (await town.keys("ana moreno quisling"))[:1] == ["P-1001"]
    assert (await town.keys("moreno 7999999999"))[:1] == ["P-1001"]


async def test_a_hit_says_where_it_fits(town: Town) -> None:
    (hit, *_) = await town.find("moreno 7700900101")
    (place, *_) = await town.find("14 mill ln ls1", "premise")

    assert set(hit.matched) == {"name", "phone"}
    assert place.matched == ("address",)
    assert 0.9 < hit.score <= 1


async def test_the_better_fit_comes_first(town: Town) -> None:
    hits = await town.find("14 mill ln ls1", "premise")

    assert [hit.key for hit in hits] == ["PR-9001", "PR-9002"][: len(hits)]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_only_the_callers_divisions_are_found(town: Town) -> None:
    assert await town.keys("moreno", divisions=frozenset({"AIR"})) == []
    assert await town.keys("moreno", divisions=frozenset({"NORTH"})) == ["P-1001", "A-5001"]
    assert await town.keys("haddad", divisions=frozenset()) == []
    assert "P-2001" in await town.keys("haddad", division="AIR")


async def test_what_is_changed_is_found_as_it_is_now(fresh: Town) -> None:
    await fresh.person("P-1", "Ana Moreno", Reach("sms", "+447700900101"))
    await fresh.account("A-1", "P-1")
    await fresh.person("P-1", "Ana Quill", Reach("sms", "+447700900199"), division="WEST")

    assert await fresh.keys("moreno") == []
    assert await fresh.keys("900199") == ["P-1"]
    assert await fresh.keys("quill", division="WEST") == ["P-1", "A-1"]
    assert await fresh.keys("moreni") == []


async def test_a_transaction_that_fails_leaves_the_search_as_it_was(fresh: Town) -> None:
    await fresh.person("P-1", "Ana Moreno", identifiers=(Name("tax", "1"),))
    with pytest.raises(Exception, match="identifier"):
        await fresh.person("P-2", "Ben Quill", identifiers=(Name("tax", "1"),))

    assert await fresh.keys("quill") == []
    assert await fresh.keys("qiull") == []


async def test_what_was_lost_from_the_index_is_found_again(fresh: Town) -> None:
    ana = await fresh.person("P-1", "Ana Moreno")
    account = await fresh.account("A-1", "P-1")
    async with fresh.database.begin() as session:
        for each in (ana, account):
            await index.drop(session, each.id)
    lost = await fresh.keys("moreno")
    number = await renew(fresh.database)

    assert (lost, number) == ([], 2)
    assert await fresh.keys("moerno") == ["P-1", "A-1"]


async def test_what_is_dropped_leaves_no_trace(fresh: Town) -> None:
    ana = await fresh.person("P-1", "Ana Moreno")
    await fresh.person("P-2", "Ben Moreno")
    async with fresh.database.begin() as session:
        await index.drop(session, ana.id)
        await index.drop(session, ana.id)

    assert await fresh.keys("moreno") == ["P-2"]
    assert [entry.key for entry in await entries(fresh)] == ["P-2"]
    assert {row.word for row in await vocabulary(fresh)} == {"moreno"}


async def entries(town: Town) -> list[SearchEntry]:
    async with town.database.read() as session:
        return list(await session.scalars(select(SearchEntry)))


async def vocabulary(town: Town) -> list[SearchWord]:
    async with town.database.read() as session:
        return list(await session.scalars(select(SearchWord)))


async def test_the_same_question_has_the_same_answer(town: Town) -> None:
    assert await town.keys("haddad") == await town.keys("haddad")


@pytest.mark.parametrize(
    ("word", "mistyped", "meant"),
    [
        ("moreno", "morno", True),
        ("moreno", "moerno", True),
        ("moreno", "morenno", True),
        ("moreno", "mareno", True),
        ("jones", "jnoes", True),
        ("jones", "jxnxs", False),
        ("schneider", "shnieder", True),
        ("ann", "anm", False),
    ],
)
def test_two_words_share_a_variant_when_one_may_be_a_typo(
    word: str, mistyped: str, meant: bool
) -> None:
    shares = bool(typos.variants(word) & typos.variants(mistyped))

    assert shares is meant or not typos.has_typos(word)


def test_words_are_ascii_whatever_script_they_came_in() -> None:
    assert fold("Große Bäckerstraße") == "grosse backerstrasse"
    assert words("Seán Ó’Súilleabháin-Quill") == ["sean", "osuilleabhain", "quill"]
    assert address_words(["Flat 2, 14 Mill Ln", "Leeds LS1 4AB"]) == [
        *("flat", "2", "14", "mill", "ln", "leeds", "ls1", "4ab", "lane", "ls14ab")
    ]


def test_digits_with_blanks_are_one_number_before_they_are_two() -> None:
    together, apart = readings("moreno 07700 900101")

    assert [term.typed for term in together] == ["moreno", "7700900101"]
    assert [term.typed for term in apart] == ["moreno", "7700", "900101"]
