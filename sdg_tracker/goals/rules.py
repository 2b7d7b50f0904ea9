"""What codes mean, and texts that pair a goal's number with another goal's name. Plain functions on values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

GOALS = tuple(str(number) for number in range(1, 18))

# What people write beside the official short names and their beginnings. Each belongs to one goal only.
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "1": ("Ingen fattigdom", "Udryd fattigdom", "Udryddelse af fattigdom", "Afskaffelse af fattigdom", "End poverty"),
    "2": ("Ingen sult", "Nul sult", "Udryd sult", "Afskaf sult", "End hunger"),
    "3": ("God sundhed", "Sundhed og velvære", "Health and well-being"),
    "4": ("God uddannelse", "Uddannelse af kvalitet", "Quality in education"),
    "5": ("Ligestilling", "Ligestilling mellem køn"),
    "6": ("Vand og sanitet", "Water and sanitation"),
    "7": ("Ren energi", "Clean energy"),
    "8": ("Anstændigt arbejde", "Ordentlige jobs", "Økonomisk vækst", "Economic growth"),
    "9": ("Innovation og infrastruktur", "Innovation and infrastructure"),
    "10": ("Mindsk ulighed", "Reducer ulighed", "Mindre uligheder", "Reduced inequality", "Reduce inequality"),
    "11": ("Bæredygtige lokalsamfund", "Sustainable communities"),
    "12": ("Bæredygtigt forbrug", "Ansvarlig produktion", "Sustainable consumption", "Responsible production"),
    "13": ("Klimahandling", "Indsats for klimaet", "Act on climate"),
    "14": ("Liv i havet", "Livet under vand", "Liv under vand", "Life under water"),
    "15": ("Liv på land", "Life on the land"),
    "16": ("Fred og retfærdighed", "Stærke institutioner", "Peace and justice", "Strong institutions"),
    "17": (
        "Partnerskab for handling",
        "Partnerskaber for målene",
        "Partnerskab for målene",
        "Partnership for the goals",
    ),
}

# Before a number on its own: then it counts or dates something, or it is a project's own numbering.
_NUMBERED = """
    kl klokken uge ugen uger dag dagen d den dato side sider s kapitel afsnit del bind punkt pkt trin modul
    lektion hold lokale sal etage etape episode session runde omgang fase tema emne spor post stand rum værelse hylde
    kr dkk eur pris alder år klasse bus linje delmål delmålet delmålene undermål punktet indsats dogme
    mandag tirsdag onsdag torsdag fredag lørdag søndag januar februar marts april maj juni juli august september oktober
    november december jan feb mar apr jun jul aug sep okt nov dec
    week weeks day date page pages chapter section part volume item step module lesson room floor stage round phase
    theme topic track price age year target targets subgoal at monday tuesday wednesday thursday friday saturday sunday
    january february march may june july october oct
"""
_OTHER_NUMBERING = frozenset(_NUMBERED.split())
_SMALL = "og i på for mellem af and on below the with of"
_SMALL_WORDS = frozenset(_SMALL.split())
_GAP = r"[^\S\n]"  # blanks, but not the end of a line
_MARK = (
    r"(?<!\w)(?:verdensmål(?:et|ene|s)?|mål(?:et|ene)?|sdg(?:['’]?s)?|(?:global\s+)?goals?)"
    r"[\s\-#]*(?:(?:nr|no|nummer|number)\.?\s*)?"
)
_NUMBER = r"(?<![\w.,:/])(?<!\d[-–])(?<![€$£])0?(?:1[0-7]|[1-9])(?![\w%]|[.,:/]\w|\s*[-–]\s*\d)"
_MARKED_NUMBER = r"0?(?:1[0-7]|[1-9])(?![\w%]|[.:/]\w)"
_AND = r"(?:\s*[,/+&\-–]\s*|\s+(?:og|and)\s+)"
_NUMBERS = re.compile(
    rf"(?P<mark>{_MARK})(?P<marked>{_MARKED_NUMBER}(?:{_AND}{_MARKED_NUMBER})*)|(?P<bare>{_NUMBER}(?:{_AND}{_NUMBER})*)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_AFTER_MARKED = re.compile(r"[\s.:,(\"'»«”“‘’\-–—]*(?:(?:om|about|on|er|is|hedder)\s+)?[\"'»«”“‘’]*", re.IGNORECASE)
_AFTER_BARE = re.compile(rf"(?P<dot>[.)]?){_GAP}*[:\-–—]?{_GAP}*[\"'»«”“‘’(]?")
_BEFORE_MARKED = re.compile(r"[\"'»«”“‘’]?(?:\s*[(\-–—:]\s*|\s+)(?:(?:fn|un)(?:['’]?s)?[\s\-]*)?$", re.IGNORECASE)
_LIST_MARK = re.compile(r"(?<![\w.,:])(\d{1,2})[.)]\s+[A-ZÆØÅ]")
_WORD_BEFORE = re.compile(r"(\w+)\.?\s*$")


@dataclass(frozen=True)
class Mismatch:
    """A place in a text where ``number`` stands beside the name of another goal, ``goal``."""

    quote: str  # as it stands in the text
    number: str
    goal: str
    start: int
    end: int


class Names:
    """What each goal is called: official short names, their beginnings, and everyday variants."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """Take the names of each goal; raises ValueError when two goals share one."""
        self.goals: dict[str, str] = {}
        for goal, texts in names.items():
            for text in texts:
                if self.goals.setdefault(_key(text), goal) != goal:
                    raise ValueError(f"{text!r} is the name of two goals")
        ordered = sorted(self.goals, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(_loose, ordered))})(?!\w)", re.IGNORECASE)

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and goal of every name in the text."""
        for match in self._pattern.finditer(text):
            yield match.start(), match.end(), self.goals[_key(match[0])]


def goal_of(code: str) -> str:
    """Return the goal of a goal, target or indicator code: ``4`` of ``4.7.1``."""
    return code.partition(".")[0]


def code_order(code: str) -> tuple[tuple[int, str], ...]:
    """Return what to sort codes by: 4.9 before 4.10, numbers before letters."""
    return tuple((int(part), "") if part.isdigit() else (1000, part) for part in code.split("."))


def names_of(titles: Mapping[str, Iterable[str]]) -> Names:
    """Return the names of the goals from their short titles, with beginnings and variants."""
    return Names({goal: [*_with_beginnings(texts), *VARIANTS.get(goal, ())] for goal, texts in titles.items()})


def mismatches(text: str, names: Names) -> list[Mismatch]:
    """Return where the text pairs a number with the name of another goal, in the order of the text.

    A number counts as a goal's when a word such as *verdensmål*, *mål*, *SDG* or *goal* stands before it, or when it
    stands by itself right before a name written as one. Times, dates, prices, ages, numbered lists and a project's
    own sub-goals (*delmål*) do not count.
    """
    found = list(names.found(text))
    before = {end: (start, end, goal) for start, end, goal in found}
    after = {start: (start, end, goal) for start, end, goal in found}
    result = []
    for match in _NUMBERS.finditer(text):
        numbers = _numbers(match["marked"] or match["bare"])
        following, preceding = _following(text, match, after), _preceding(text, match, before)
        named = [name for name in (following, preceding) if name]
        if named and not any(goal in numbers for _, _, goal in named):
            start, end, goal = named[0]
            start, end = min(start, match.start()), max(end, match.end())
            start, end = _whole(text, start, end)
            result.append(Mismatch(text[start:end], numbers[-1] if following else numbers[0], goal, start, end))
    return result


def _following(
    text: str, match: re.Match[str], names: Mapping[int, tuple[int, int, str]]
) -> tuple[int, int, str] | None:
    marked = match["mark"] is not None
    gap = (_AFTER_MARKED if marked else _AFTER_BARE).match(text, match.end())
    if gap is None:
        return None
    name = names.get(gap.end())
    if name is None or marked:
        return name
    before = text[max(0, match.start() - 40) : match.start()]
    if not _written_as_name(text[name[0] : name[1]]) or _counts_otherwise(before):
        return None
    return None if gap["dot"] and not _begins_a_line(before, text, match["bare"]) else name


def _preceding(
    text: str, match: re.Match[str], names: Mapping[int, tuple[int, int, str]]
) -> tuple[int, int, str] | None:
    if match["mark"] is None:
        return None
    gap = _BEFORE_MARKED.search(text, max(0, match.start() - 20), match.start())
    return names.get(gap.start()) if gap else None


def _numbers(text: str) -> list[str]:
    found = [str(int(number)) for number in re.findall(r"\d+", text)]
    for first, last in _RANGE.findall(text):
        found.extend(str(number) for number in range(int(first) + 1, int(last)))
    return found


def _written_as_name(text: str) -> bool:
    return text[0].isupper() or len(text.split()) >= 3


def _counts_otherwise(before: str) -> bool:
    if before.rstrip().endswith(("€", "$", "£")):
        return True
    word = _WORD_BEFORE.search(before)
    return word is not None and word[1].casefold() in _OTHER_NUMBERING


def _begins_a_line(before: str, text: str, number: str) -> bool:
    """Return whether "12." opens a sentence of its own and is not the next item of a numbered list."""
    if before.rstrip(" ")[-1:].isalnum():
        return False
    last = int(re.findall(r"\d+", number)[-1])
    return not {*range(1, last)} <= {int(found) for found in _LIST_MARK.findall(text)}


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Take a bracket along whose other half is inside."""
    inside = text[start:end]
    if inside.count("(") > inside.count(")") and text[end : end + 1] == ")":
        end += 1
    if inside.count(")") > inside.count("(") and text[start - 1 : start] == "(":
        start -= 1
    return start, end


def _key(name: str) -> str:
    return " ".join(
        name.casefold().replace(",", " ").replace("-", " ").replace("&", "og").replace(" and ", " og ").split()
    )


def _loose(key: str) -> str:
    words = [r"(?:og|and|&)" if word == "og" else re.escape(word) for word in key.split()]
    return r"[\s,\-]+".join(words)


def _with_beginnings(titles: Iterable[str]) -> Iterator[str]:
    for title in titles:
        yield title
        words = title.replace(",", " ").split()
        for count in range(2, len(words)):
            cut = words[:count]
            while cut and cut[-1].casefold() in _SMALL_WORDS:
                cut.pop()
            if len(cut) >= 2:
                yield " ".join(cut)
