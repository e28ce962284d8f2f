"""The figures of pages against runs: python3 figures.py ROOT PLUMMET. Tells those that do not hold.

    papers.md       test accuracy of each run file of examples/papers and of its other side, by seed
    activations.md  the slopes of leaky relu on the digits: inside the range of the seeds
    begin.md        the rows of the table, where Fashion-MNIST is there
    page_figures.py tables of other pages: runs on the digits, whose bits are the same everywhere, so that the last printed
                    digit must be right; without FIGURES=all the first row of each page

A figure may be off by its band, since another compiler or a later version may round otherwise. With FIGURES=all every
seed is run; without, the first two, and of begin.md, whose runs take 15 seconds, two epochs that must lie below the page.
"""
import json
import math
import os
import re
import statistics
import subprocess
import sys

from page_figures import ROWS

ROOT, PLUMMET = sys.argv[1:3]
ALL = os.environ.get("FIGURES") == "all"
BANDS = {"he-30-layers.yaml": 0.2, "glorot-five-layers.yaml": 0.1}  # nets that hop from seed to seed
FAULTS = []
COUNT = [0]


def page(name):
    with open(os.path.join(ROOT, "docs/guide", name), encoding="utf-8") as file:
        return file.read().splitlines()


def accuracy(file, *words, verb="train"):
    """The test accuracy of a run."""
    command = [PLUMMET, verb, os.path.join(ROOT, "examples", file), *words, "-q", "--json", "out=figures", "overwrite=true"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    last = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
    return last.get("test_accuracy", float("nan"))


def check(what, got, low, high):
    COUNT[0] += 1
    if not low <= got <= high:
        FAULTS.append(f"{what}: {got:.4f} is not between {low:.4f} and {high:.4f}")


def papers():
    rows = [line.split("|") for line in page("papers.md") if re.search(r"`[a-z0-9-]+\.yaml`", line) and line.count("|") == 6]
    for _, paper, _, with_it, without, _, _ in rows:
        name = re.search(r"`(.*?)`", paper).group(1)
        with open(os.path.join(ROOT, "examples/papers", name), encoding="utf-8") as file:
            head = file.read()
        other = re.search(r'# The other side: "(.*)"', head).group(1)
        verb = (re.search(r"# The verb: (.*)", head) or [None, "train"])[1]
        band = BANDS.get(name, 0.03)
        for seed, pair in enumerate(zip(with_it.split(","), without.split(",")), 1):
            if seed > 2 and not ALL:
                break
            for side, printed in zip(([], [other]), pair):
                got = accuracy("papers/" + name, f"seed={seed}", *side, verb=verb)
                check(f"papers.md, {name}, seed {seed} {side}", got, float(printed) - band, float(printed) + band)
    return len(rows)


def leaky():
    pattern = r"\| `(.*?)` \| [\d.]+ \(([\d.]+) to ([\d.]+)\) \|"
    rows = [found.groups() for found in (re.match(pattern, line) for line in page("activations.md")) if found]
    for function, low, high in rows:
        for seed in range(1, 6 if ALL else 3):
            got = accuracy("leaky.yaml", f"define=slope = {function}", f"seed={seed}")
            check(f"activations.md, {function}, seed {seed}", got, float(low) - 0.01, float(high) + 0.01)
    return len(rows)


def begin():
    """Rows of the table that are a run file alone, and default.yaml with another optimizer."""
    rows = [line.split("|") for line in page("begin.md") if re.search(r"\| 0\.\d+, 0\.\d+, 0\.\d+ \|$", line)]
    for _, net, figures, _ in rows:
        words = re.findall(r"`(.*?)`", net)
        file = next((word for word in words if word.endswith(".yaml")), None)
        if file is None or "without" in net:
            continue
        optimizer = [f"optimizer={word}" for word in words if "(" in word]
        values = [float(value) for value in figures.split(",")]
        for seed, printed in enumerate(values, 1):
            if ALL:
                got = accuracy("begin/" + file, f"seed={seed}", *optimizer)
                check(f"begin.md, {net.strip()}, seed {seed}", got, printed - 0.01, printed + 0.01)
            elif seed == 1:
                got = accuracy("begin/" + file, "seed=1", "epochs=1", *optimizer)
                check(f"begin.md, {net.strip()}, one epoch", got, printed - 0.15, printed)
    return len(rows)


def last_line(words, seed):
    """The fields of the last line of a run; {} of one that fails."""
    words = [os.path.join(ROOT, word) if word.startswith("examples/") else word for word in words]
    command = [PLUMMET, "train", *words, f"seed={seed}", "-q", "--json", "out=figures", "overwrite=true"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}


def cells_of(name, start):
    """The cells of the line of a page that begins so, or has a text in a column."""
    for line in page(name + ".md"):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)] if line.startswith("|") else []
        if isinstance(start, str) and line.startswith(start) or \
                not isinstance(start, str) and len(cells) > start[0] and cells[start[0]] == start[1]:
            return cells
    FAULTS.append(f"{name}.md has no row {start}")
    return []


def compare_cell(what, cell, which, got):
    """A printed number is the median of the runs, rounded; the word diverges: most of them fail."""
    COUNT[0] += 1
    values = [value for value in got if value is not None]
    if cell.strip("*").startswith("diverges"):
        if len(values) > len(got) / 2:
            FAULTS.append(f"{what}: does not diverge")
        return
    printed = re.findall(r"\d+(?:\.\d+)?", cell)[which]
    digits = len(printed.partition(".")[2])
    middle = statistics.median([math.inf if value is None else value for value in got])
    if not abs(middle - float(printed)) <= 0.5 * 10 ** -digits + 1e-9:
        FAULTS.append(f"{what}: {middle:.4f}, the page says {printed}")


def tables():
    """The rows of page_figures.py."""
    done = set()
    for name, start, wanted, seeds, words in ROWS:
        if name in done and not ALL:
            continue
        done.add(name)
        cells = cells_of(name, start)
        lines = [last_line(words, seed) for seed in seeds]
        for place, field in wanted.items() if cells else ():
            column, which = map(int, place.split("."))
            compare_cell(f"{name}.md, {start}, {field}, seeds {seeds}", cells[column], which, [line.get(field) for line in lines])
    return len(done)


FOUND = [papers(), leaky(), tables()] if len(sys.argv) < 4 else [5, tables()]
if os.environ.get("PLUMMET_DATA"):
    FOUND.append(begin())
if min(FOUND) < 5:
    FAULTS.append(f"a page has lost its rows: {FOUND}")
print("\n".join(FAULTS) if FAULTS else f"{COUNT[0]} figures hold")
sys.exit(len(FAULTS) > 0)
