"""Every figure of README and the guide is held by a run, or told why not: python3 held.py ROOT.

It finds what can show figures: blocks of printed text, rows of tables, and sentences with decimals, of all pages. Held are

    blocks ```console      by the test that runs the commands of their page (PAGE_TESTS), and compares numbers
    blocks ```text         where the block before is ```sh: the same test compares them with what that prints
    rows of tables         by page_figures.py, with every number of theirs, or by what held.txt says
    sentences              by page_prose.py, if every decimal is in one of its patterns; if code, a block or a table of the page has
                           the same decimal, such as the setting of a run; or by what held.txt says

A figure of a table is a decimal, or a cell of numbers alone; what is in `code` is a setting.

held.txt: a line for each of the rest: page (/README: that of the project), how the table, block or paragraph begins (blanks
joined), what holds it. `run` and `script` name a test or script; `none` gives the reason why there is no figure of a run.
"""
import os
import re
import sys

from page_figures import ROWS
from page_prose import CHAPTER, DOCUMENTS, PROSE, gains

ROOT = sys.argv[1]
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
FAULTS = []
USED = set()
PATTERNS = [line[:2] for line in PROSE + CHAPTER + DOCUMENTS + gains()]
GUESSING = {"0.10"}  # the accuracy of guessing one of ten digits
VARIANCES = {"activations": (3, 4, 5, 6), "initializers": (3,)}  # columns that figures.py holds against plummet plot init


def pages():
    """{name: text} of README and all pages of the guide."""
    found = {"/README": os.path.join(ROOT, "README.md")}
    guide = os.path.join(ROOT, "docs/guide")
    for folder, _, files in os.walk(guide):
        for file in sorted(files):
            if file.endswith(".md"):
                path = os.path.join(folder, file)
                found[os.path.relpath(path, guide)[:-3]] = path
    out = {}
    for name, path in found.items():
        with open(path, encoding="utf-8") as file:
            out[name] = file.read()
    return out


def told():
    """The lines of held.txt: [(page, beginning, holder)]."""
    with open(os.path.join(ROOT, "tests/cli/held.txt"), encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    for line in lines:
        if len(line) != 3 or not re.match(r"(none|run|script): .{8}", line[2]):
            FAULTS.append(f"held.txt: not a line of page, beginning and holder: {line}")
    return [tuple(line) for line in lines if len(line) == 3]


TOLD = told()


def is_told(page, text):
    """True if held.txt has the beginning of this text."""
    text = " ".join(text.split())
    for line in TOLD:
        if line[0] == page and text.startswith(line[1]):
            USED.add(line)
            return True
    return False


def plain(text):
    """A text without code, links and the numbers that name things."""
    return re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", " ", text)


# Which test runs the console blocks of a page and compares every number of them.
def page_test(page):
    if page.startswith("doctor/") or page == "four-problems":
        return "tools/stories"
    if page in ("first-run", "data", "exercises", "transfer", "pretraining"):
        return "guide.sh"
    return "tests/install" if page == "embedding" else "guide_commands.sh"


def masked():
    """The pages whose numbers guide_commands.sh does not compare: all but those that its mask names."""
    with open(os.path.join(ROOT, "tests/cli/guide_commands.sh"), encoding="utf-8") as file:
        named = re.search(r"case \$name in\n +([a-z| -]+)\)", file.read()).group(1)
    return set(named.replace(" ", "").split("|"))


COMPARED = masked()


def block(page, language, lines, before):
    """A block of printed text is run by a test that compares its numbers."""
    shown = [line for line in lines if not line.startswith("$ ")] if language == "console" else lines
    if language not in ("console", "text", "") or not re.search(r"(?<![\w-])\d", "".join(shown)) or is_told(page, lines[0]):
        return
    if language != "console" and before != "sh":
        FAULTS.append(f"{page}: no test runs what prints this block, since no block of sh is before it: {lines[0]}")
    elif page_test(page) == "guide_commands.sh" and page not in COMPARED:
        FAULTS.append(f"{page}: guide_commands.sh does not compare the numbers of: {lines[0]}")


def split(line):
    """The cells of a line of a table, from 1."""
    return [cell.strip(" *") for cell in re.split(r"(?<!\\)\|", line)]


def figures(cell):
    """The figures of a cell."""
    words = re.sub(r"\b(low|high|to|kept|drifts|points)\b|[%+(),: *-]", "", NUMBER.sub("", plain(cell)))
    numbers = NUMBER.findall(plain(cell))
    return numbers if not words or any(re.search(r"\.\d|e-?\d", number) for number in numbers) else []


def table(page, lines):
    """Every figure of a table is compared by page_figures.py."""
    if is_told(page, lines[0]) or not any(figures(cell) for line in lines[2:] for cell in split(line)):
        return
    if page not in {row[0] for row in ROWS}:
        FAULTS.append(f"{page}: no run holds the table {lines[0]}")
        return
    for line in lines[2:]:
        cells = split(line)
        places = set()
        for name, start, wanted, _, _ in ROWS:
            if name == page and (line.startswith(start) if isinstance(start, str) else len(cells) > start[0] and cells[start[0]] == start[1]):
                places |= set(wanted)
        start = max([len(re.findall(r"(?<!\\)\|", s)) for n, s, *_ in ROWS if n == page and isinstance(s, str)
                     and line.startswith(s)], default=1)
        for column in range(start, len(cells)):
            numbers = figures(cells[column])
            here = [place for place in places if place.startswith(f"{column}.")]
            if re.match(r"\| [a-z_]+ \| `", line) and column in VARIANCES.get(page, ()):
                continue
            if len(numbers) > len(here) and not cells[column].startswith(("diverges", "not finite")):
                FAULTS.append(f"{page}: no run holds {cells[column]} in the row {line[:70]}")


def paragraph(page, text, shown):
    """Every decimal of a sentence is in a pattern of page_prose.py, or in what is shown."""
    joined = " ".join(text.split())
    if not re.search(r"\d\.\d", plain(joined)) or is_told(page, joined):
        return
    rest = joined
    for name, pattern in PATTERNS:
        if name == page:
            rest = re.sub(pattern, "", rest)
    left = [number for number in re.findall(r"(?<![\w.])\d+\.\d+(?!\.\d|\w)", plain(rest)) if number not in shown | GUESSING]
    if left:
        FAULTS.append(f"{page}: no run holds {', '.join(left)} in: {joined[:70]}")


def walk(page, text):
    lines = text.split("\n")
    code = "".join(re.findall(r"^```.*?^```|^\|.*?$|`[^`]*`", text, re.S | re.M))
    shown = set(re.findall(r"(?<![\w.])\d+\.\d+(?!\.\d|\w)", code))
    at, before, collected = 0, "", []

    def flush():
        for one in re.split(r"\n(?=- |\d\. )", "\n".join(collected)):
            paragraph(page, one, shown)
        collected.clear()

    while at < len(lines):
        line = lines[at]
        end = at + 1
        if line.startswith("```"):
            flush()
            end = lines.index("```", at + 1)
            block(page, line[3:], lines[at + 1:end] or [""], before)
            before = line[3:]
            end += 1
        elif line.startswith("|"):
            flush()
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            table(page, lines[at:end])
        elif line.strip() and not line.startswith("#"):
            collected.append(line)
            before = ""
        else:
            flush()
        at = end
    flush()


for known, content in pages().items():
    walk(known, content)
FAULTS += [f"held.txt: {line[0]} has nothing that begins so: {line[1]}" for line in TOLD if line not in USED]
print("\n".join(FAULTS) if FAULTS else f"{len(TOLD)} blocks, tables and sentences are held as held.txt says")
sys.exit(len(FAULTS) > 0)
