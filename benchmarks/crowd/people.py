"""Made-up people: frequent names and rare ones, numbers and addresses, and how they are mistyped.

Names follow Zipf's law, as real ones do: a few are everywhere, most are hardly anywhere.
"""

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


GIVEN = words_of("""
Oliver George Arthur Noah Muhammad Leo Oscar Harry Archie Jack Henry Charlie Thomas William
James Alexander Joshua Samuel Daniel Adam Olivia Amelia Isla Ava Mia Ivy Lily Isabella Sophia
Grace Freya Emily Charlotte Evelyn Sofia Alice Ruby Maya Eva Jessica Eleanor Elizabeth Emma Ana
Tomas Katrin Leila Jonas Wojciech Agnieszka Fatima Yusuf Priya Arjun Wei Hiroshi Nguyễn Linh
Carlos José Lucía Giulia Pierre Amélie Lars Björn Dmitri Svetlana Ελένη Олена Seán Þórdís Zoë
""")
FAMILY = words_of("""
Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker
White Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis Phillips Mitchell Morris Turner
Cooper King Harris Baker Martin Hill Moore Allen Young Scott Parker Watson Bennett Carter Shaw
Bailey Murphy Hughes Edwards Ali Ahmed Hussain Singh Kaur Moreno Bakker Vogel Okoro Haddad Weber
Lind Kowalski Żółkiewski García Fernández Rossi Dubois Müller Schneider Fischer Jansen Andersson
Nielsen Tanaka Suzuki Chen Zhang Trần Παπαδοπούλου Шевченко O’Donnell MacLeod Ó’Súilleabháin
""")
TOWNS = words_of("""
Leeds:LS Bradford:BD Hull:HU York:YO Sheffield:S Wakefield:WF Halifax:HX Harrogate:HG
Doncaster:DN Barnsley:S Huddersfield:HD Rotherham:S Keighley:BD Ripon:HG Selby:YO Whitby:YO
Scarborough:YO Skipton:BD Otley:LS Ilkley:LS Batley:WF Dewsbury:WF Pudsey:LS Morley:LS
""")
STREETS = words_of("""
Street Road Lane Avenue Close Drive Court Way Place Terrace Grove Gardens
""")
HOSTS = ("mail", "post", "inbox", "home", "work")

_BEGIN = words_of("""
b br c ch d dr f fl g gr h j k kr l m n p pr r s sch st t tr v w z
""")
_MIDDLE = words_of("""
a e i o u ai ea ou ie
""")
_END = words_of("""
son ton man ley ski ova ers ing ham field well er ez ini ard sen mar din nik ev
""")


@dataclass(frozen=True, slots=True)
class Someone:
    """One person as an agent would describe them."""

    key: str
    given: str
    family: str
    phone: str
    email: str | None
    lines: tuple[str, str]


class Crowd:
    """Makes one person after another; the same seed makes the same people."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._given = [*GIVEN, *self._made(4_000)]
        self._family = [*FAMILY, *self._made(60_000)]
        self._streets = ["Mill", "Church", "Station", "Victoria", "Park", *self._made(4_000)]
        self._often_given = _zipf(len(self._given), 1.1)
        self._often_family = _zipf(len(self._family), 0.85)

    def person(self, number: int) -> Someone:
        """The next one."""
        draw = self._random
        given = self._pick(self._given, self._often_given)
        family = self._pick(self._family, self._often_family)
        town, area = draw.choice(TOWNS).split(":")
        code = f"{area}{draw.randrange(1, 30)} {draw.randrange(1, 10)}{_letters(draw)}"
        mail = f"{given}.{family}{draw.randrange(1000)}@{draw.choice(HOSTS)}.example".lower()
        street = f"{draw.choice(self._streets)} {draw.choice(STREETS)}"
        return Someone(
            key=f"P-{100_000 + number}",
            given=given,
            family=family,
            phone=f"+447{draw.randrange(10**9):09d}",
            email=mail if draw.random() < 0.7 else None,
            lines=(f"{draw.randrange(1, 200)} {street}", f"{town} {code}"),
        )

    def mistyped(self, word: str) -> str:
        """A word with one letter left out, doubled, exchanged or replaced."""
        place = self._random.randrange(1, len(word) - 1)
        before, letter, after = word[:place], word[place], word[place + 1 :]
        return self._random.choice(
            (
                before + after,
                before + letter + letter + after,
                before + after[:1] + letter + after[1:],
                before + self._random.choice("aeiorstn") + after,
            )
        )

    def choose(self, people: Sequence[Someone]) -> Someone:
        """Any of them."""
        return self._random.choice(people)

    def _made(self, number: int) -> list[str]:
        made: dict[str, None] = {}
        draw = self._random
        while len(made) < number:
            syllables = draw.choice((1, 2, 2, 3))
            beginning = "".join(
                draw.choice(_BEGIN) + draw.choice(_MIDDLE) for _ in range(syllables)
            )
            made[(beginning + draw.choice(_END)).capitalize()] = None
        return list(made)

    def _pick(self, names: Sequence[str], often: Sequence[float]) -> str:
        return names[bisect(often, self._random.random() * often[-1])]


def _zipf(number: int, exponent: float) -> list[float]:
    return list(accumulate(1 / (rank + 8) ** exponent for rank in range(number)))


def _letters(draw: random.Random) -> str:
    return draw.choice("ABDEFGHJLN") + draw.choice("ABDEFGHJLN")
