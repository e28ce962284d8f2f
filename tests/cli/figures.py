"""The figures of pages against runs: python3 figures.py ROOT PLUMMET [PAGE...]. Tells those that do not hold; with pages, of the
figures of these pages alone.

    papers.md       test accuracy of each run file of examples/papers and of its other side, by seed
    page_figures.py tables of other pages, page_prose.py sentences: runs, whose bits are the same everywhere, so that the last
                    printed digit must be right; without FIGURES=all the first row of each page
    CHAPTER.md      figures that pages take from it, and columns that they take from plummet plot init

A figure of papers.md may be off by its band, since its nets hop. With FIGURES=all every seed is run, and what needs
Fashion-MNIST, where the data is there; without, the first two seeds of papers.md, and an epoch of begin.md.

With FIGURES=all that takes hours. FIGURES_LOG=FILE appends a line for each run, when it ends, and for each fault, when it is
found. A second call with the same FILE takes over the runs of the same program, so that it goes on where a stopped one was, or
judges a changed page at once.
"""
import hashlib
import json
import math
import os
import re
import shutil
import statistics
import struct
import subprocess
import sys
import time

from page_figures import ROWS, write_files
from page_prose import CHAPTER, DOCUMENTS, PROSE, gains

ROOT, PLUMMET, *PAGES = sys.argv[1:]
ALL = os.environ.get("FIGURES") == "all"
BANDS = {"he-30-layers.yaml": 0.2, "glorot-five-layers.yaml": 0.1}  # nets that hop from seed to seed
LOG = os.environ.get("FIGURES_LOG")
COUNT = [0]


class Faults(list):
    """What does not hold: told in the log at once."""

    def append(self, text):
        super().append(text)
        note({"fault": text})


FAULTS = Faults()


def page(name):
    folder = ROOT if name.startswith("/") else os.path.join(ROOT, "docs/guide")
    with open(os.path.join(folder, name.lstrip("/")), encoding="utf-8") as file:
        return file.read().splitlines()


def note(line):
    if LOG:
        with open(LOG, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def program():
    """What the results in the log belong to: the bytes of the program."""
    with open(PLUMMET, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def logged():
    """The results of the runs in the log that this program made, by their words."""
    if not LOG or not os.path.exists(LOG):
        return {}
    with open(LOG, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.endswith("\n")]
    return {tuple(line["run"]): line["result"] for line in lines if line.get("program") == PROGRAM}


def once(make, *words, **named):
    """What make(*words) returns: from the log, if it has that. Runs that two figures share are made once."""
    key = (make.__name__, *(str(word) for word in (*words, *named.values())))
    if key not in KNOWN:
        began = time.time()
        KNOWN[key] = make(*words, **named)
        note({"program": PROGRAM, "run": key, "seconds": round(time.time() - began, 1), "result": KNOWN[key]})
    return KNOWN[key]


PROGRAM = program()
KNOWN = logged()


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
                got = once(accuracy, "papers/" + name, f"seed={seed}", *side, verb=verb)
                check(f"papers.md, {name}, seed {seed} {side}", got, float(printed) - band, float(printed) + band)
    return len(rows)


def begin():
    """Without FIGURES=all, two rows of begin.md by a run of one epoch, which must lie below the ten of the page."""
    for file in ("default.yaml", "selu.yaml"):
        row = next(line for line in page("begin.md") if line.startswith(f"| `{file}` |"))
        printed = float(re.search(r"0\.\d+", row).group())
        got = once(accuracy, "begin/" + file, "seed=1", "epochs=1")
        check(f"begin.md, {file}, one epoch", got, printed - 0.15, printed)


def last_line(words, seed, weights=()):
    """The fields of the last line of a run, and sizes of its weights; of one that fails, the step in which its loss was not
    finite."""
    words = [os.path.join(ROOT, word) if word.startswith("examples/") else word for word in words]
    shutil.rmtree("figures", ignore_errors=True)
    verb = words.pop(0) if words[0] in ("pretrain", "lr-find") else "train"
    command = [PLUMMET, verb, *words, f"seed={seed}", "-q", "--json", *(["out=figures", "overwrite=true"] if verb != "lr-find" else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return {**json.loads(done.stdout.splitlines()[-1]), **{field: of_weights(field) for field in weights}}
    step = re.search(r"no longer finite in step (\d+)", done.stderr)
    return {"not finite": int(step.group(1))} if step else FAULTS.append(f"{words} fails: {done.stderr}") or {}


def of_weights(field):
    """A size of a parameter of the last run: "size of NAME", "largest of NAME" or "percent below NUMBER of NAME"."""
    what, _, name = field.rpartition(" of ")
    with open("figures/model.safetensors", "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        first, last = header[name]["data_offsets"]
        file.seek(first, os.SEEK_CUR)
        values = [abs(value) for value in struct.unpack(f"<{(last - first) // 4}f", file.read(last - first))]
    if what == "largest":
        return max(values)
    if what == "size":
        return math.sqrt(sum(value * value for value in values) / len(values))
    limit = float(what.rpartition(" ")[2])
    return 100 * sum(value < limit for value in values) / len(values)


def cells_of(name, start):
    """The cells of the line of a page that begins so, or has a text in a column."""
    for line in page(name + ".md"):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)] if line.startswith("|") else []
        if isinstance(start, str) and line.startswith(start) or \
                not isinstance(start, str) and len(cells) > start[0] and cells[start[0]] == start[1]:
            return cells
    FAULTS.append(f"{name}.md has no row {start}")
    return []


def precision(printed):
    """Half a unit of the last digit; of a whole number beyond 9,999, of its fourth digit."""
    fraction = printed.partition(".")[2]
    return 0.5 * 10 ** (-len(fraction) if fraction else max(0, len(printed) - 4))


def of_seeds(field, values):
    """The value that a page prints of those of the seeds: their median, or as the field begins, min or max or mean."""
    worst = -math.inf if "accuracy" in field else math.inf
    values = [worst if value is None else value for value in values]
    return {"min": min, "max": max, "mean": statistics.mean}.get(field.split()[0], statistics.median)(values)


def compare_cell(what, cell, which, got, lines, field=""):
    """A printed number is the median of the runs, rounded; the words diverges and not finite: most of them fail."""
    COUNT[0] += 1
    values = [value for value in got if value is not None]
    if cell.strip("*").startswith(("diverges", "not finite")):
        steps = [line.get("not finite", 0) for line in lines]
        told = [int(number) for number in re.findall(r"\d+", cell)]
        if len(values) > len(got) / 2 or told and [told[0], told[-1]] != [min(steps), max(steps)]:
            FAULTS.append(f"{what}: the loss is not finite in the steps {steps} (0: it stays finite), the page says {cell}")
        return
    printed = re.findall(r"\d[\d,]*(?:\.\d+)?", cell)[which].rstrip(",").replace(",", "")
    middle = of_seeds(field or "median", got)
    if not abs(middle - float(printed)) <= precision(printed) + 1e-9:
        FAULTS.append(f"{what}: {middle:.4f}, the page says {printed}")


def tables():
    """The rows of page_figures.py."""
    done = set()
    for name, start, wanted, seeds, words in ROWS:
        if name in done and not ALL or PAGES and name not in PAGES or needs_pictures(words):
            continue
        done.add(name)
        cells = cells_of(name, start)
        weights = [field for field in wanted.values() if " of " in field]
        lines = [once(last_line, words, seed, weights) for seed in seeds]
        for place, field in wanted.items() if cells else ():
            column, which = map(int, place.split("."))
            what = f"{name}.md, {start}, {field}, seeds {seeds}"
            compare_cell(what, cells[column], which, [line.get(re.sub("^(min|max|mean) ", "", field)) for line in lines], lines,
                         field)
    return len(done)


def sentence(name, pattern):
    """The figures that a pattern finds on a page, whose line breaks do not count."""
    found = re.search(pattern, " ".join(" ".join(page(name + ".md")).split()))
    if found is None:
        FAULTS.append(f"{name}.md has no sentence {pattern}")
    return found.groups() if found else ()


def needs_pictures(words):
    """True if a run needs Fashion-MNIST: it takes long, so it is made with FIGURES=all alone, where the data is there."""
    return re.search("fashion.mnist|examples/(chapter|begin|pretraining)/", str(words)) and not (ALL and os.environ.get("PLUMMET_DATA"))


def prose():
    """The sentences of page_prose.py."""
    for name, pattern, seeds, wanted in PROSE:
        if PAGES and name not in PAGES or needs_pictures(wanted):
            continue
        for printed, (field, words, *own) in zip(sentence(name, pattern), wanted):
            lines = [once(last_line, words, seed, []) for seed in (own[0] if own else seeds)]
            got = [line.get(re.sub("^(min|max|mean) ", "", field)) for line in lines]
            compare_cell(f"{name}.md, {field} of {words}", printed, 0, got, lines, field)


def chapter():
    """Figures that pages take from docs/CHAPTER.md, rounded as they are there."""
    with open(os.path.join(ROOT, "docs/CHAPTER.md"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    for name, pattern, wanted in CHAPTER:
        for printed, (experiment, which) in zip(sentence(name, pattern), wanted):
            at = next(i for i, line in enumerate(lines) if f"/{experiment}.yaml)" in line)
            ours = lines[at] if re.search(r"(\| |<br>)ours", lines[at]) else lines[at + 1]
            pattern = {"first": r"([\d.]+) → \*\*", "last": r"\*\*([\d.]+)\*\*"}.get(which, which + r" ([\d.]+)")
            got = float(re.search(pattern, ours).group(1))
            compare_cell(f"{name}.md, {which} of {experiment} in CHAPTER.md", printed, 0, [got], [])


def documents():
    """Figures that pages take from other documents, as these have them, and those that follow from formulas."""
    for name, pattern, path, places in DOCUMENTS:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = " ".join(file.read().split())
        for printed, place in zip(sentence(name, pattern), places):
            COUNT[0] += place is not None
            if place is not None and re.search(place, text).group(1) != printed:
                FAULTS.append(f"{name}.md: {path} has {re.search(place, text).group(1)}, the page says {printed}")
    for name, pattern, values in gains():
        for printed, value in zip(sentence(name, pattern), values):
            compare_cell(f"{name}.md, {pattern}", printed, 0, [value], [])


def output(words):
    """What a command prints."""
    return subprocess.run([PLUMMET, *words], stdout=subprocess.PIPE, text=True, check=False).stdout


def variances():
    """The columns of gradients by depth that tables of pages take from plummet plot init: as it prints them."""
    for name, column, depths in (("activations", 3, (2, 10, 50, 100)), ("initializers", 3, (50,))):
        rows = [line.split("|") for line in page(name + ".md") if re.match(r"\| [a-z_]+ \| `[a-z_]+(\(.*\))?` \|", line)]
        for row in [] if PAGES and name not in PAGES else rows if ALL else rows[:1]:
            function, initializer = row[1].strip(), row[2].strip(" `")
            command = ["plot", "init", "--activation", function, "--initializer", initializer, "--depth", "2,10,50,100",
                       "--table"]
            shown = once(output, command).splitlines()
            got = next((line.split()[-5:-1] for line in shown if re.search(r"(keeps|drifts|vanishes|explodes)$", line)), [])
            got = [value for depth, value in zip((2, 10, 50, 100), got) if depth in depths]
            printed = [re.search(r"[\d.]+(e-?\d+)?$", cell.strip()).group() for cell in row[column:column + len(depths)]]
            COUNT[0] += len(depths)
            if printed != got:
                FAULTS.append(f"{name}.md, {function}, {initializer}: plot init prints {got}, the page says {printed}")


def lr_find():
    """The rates that lr-find finds on the nets of bench/lr_find, and whether they are among the good ones that the page has."""
    sys.path.insert(0, os.path.join(ROOT, "bench/lr_find"))
    import nets
    import score
    score.PLUMMET = PLUMMET
    data = os.environ.get("PLUMMET_DATA", "")
    bench = score.Bench.__new__(score.Bench)
    bench.folder, bench.environment = "lr", dict(os.environ)
    os.makedirs("lr", exist_ok=True)
    every = ALL and os.path.isdir(os.path.join(data, "tabular"))
    if every:
        nets.prepare(os.path.join(data, "tabular"), "lr", nets.NETS + nets.HELD_OUT)
    for net in (nets.NETS + nets.HELD_OUT if ALL else nets.NETS[:1]) if not PAGES or "lr-find" in PAGES else []:
        cells = cells_of("lr-find", (1, net[0]))
        if not cells or net[1] != "digits" and not every:
            continue
        low, high = map(float, cells[2].split(" to "))
        found = dict(once(bench.find, net, 0))
        found["try"] = once(bench.find, net, 0, "--try").get("suggestion")
        got = [score.verdict(found.get(rule), {"low": low, "high": high}) for rule in score.RULES + ("try",)]
        COUNT[0] += len(got)
        ends = cells[2].split(" to ")  # rounded on the page, so that a rate at an end may be within or outside
        if any(one != cell and (one.split()[0] not in ends or one.split()[0] != cell.split()[0]) for one, cell in zip(got, cells[3:8])):
            FAULTS.append(f"lr-find.md, {net[0]}: {got}, the page says {cells[3:8]}")


write_files(ROOT)
lr_find()
chapter()
documents()
variances()
prose()
FOUND = [papers() if not PAGES or "papers" in PAGES else 5, tables() + (5 if PAGES else 0)]
if not PAGES and not ALL and os.environ.get("PLUMMET_DATA"):
    begin()
if min(FOUND) < 5:
    FAULTS.append(f"a page has lost its rows: {FOUND}")
print("\n".join(FAULTS) if FAULTS else f"{COUNT[0]} figures hold")
sys.exit(len(FAULTS) > 0)
