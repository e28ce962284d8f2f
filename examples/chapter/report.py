"""The report: for each experiment the published figures, ours as medians over the seeds, and a verdict that is made from
them by the rules in the head of the run file (experiment.py)."""
import math
import re
import statistics

PARTS = ("activations", "batch normalization", "gradient clipping", "reuse", "optimizers", "learning-rate schedules",
         "regularization", "CIFAR-10")
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")
BAND = "val_accuracy 0.02"

INTRO = """# The chapter as runs
What the three notebooks of the chapter *Training Deep Neural Networks* train (*Hands-On Machine Learning*, A. Geron:
hml2 = second edition, hml3 = third, mlp = the edition with PyTorch, of March 2026), trained by plummet. Written by `examples/chapter/run`; each experiment is a run file
in [examples/chapter](../examples/chapter), so that any line of this page can be had by

```sh
examples/chapter/run hml3-095-adam --seeds 1             # the experiment, and this page with its figures
plummet train examples/chapter/hml3-095-adam.yaml        # the training alone
```

**Ours** are medians over {seeds}, in brackets the lowest and the highest; an arrow leads from the first epoch's
figure to the last one's. Random numbers differ from the notebooks' (which have one run each), so figures cannot be
equal. The rules, from the head of each run file: an order between two experiments must hold ("above", "sooner");
validation accuracy must lie within 0.02 of the printed one, within 0.05 after two epochs only or where a net is unstable.
Fashion-MNIST: hml3 and mlp train on the first 55,000 rows and validate on the last 5,000 of the training set, hml2
validates on its first 5,000. The losses that hml2 prints for a first epoch lie up to 0.3 above ours, as they seem to be means of
running means: the first epoch of hml2 23 by PyTorch has 1.257 as its mean and 1.622 as the mean of its running means,
where 1.631 is printed.

{commits}**{count}**
{exceptions}"""
NOTES = {
    "activations": "The nets of a hundred ReLU layers hop by 0.1 and more from epoch to epoch and from seed to seed, so they have "
                   "five seeds, with those of PyTorch on the same run file beside them.\n\n",
    "CIFAR-10": "CIFAR-10 here is its first 3,000 training pictures, with the first 1,000 of the test set for validation: the "
                "printed figures, from 45,000 pictures, are out of reach. What is judged is the distance to PyTorch, which "
                "reads the same run files (`examples/chapter/pytorch.py`: same rows, net, optimizer, early stopping, seeds of "
                "its own). One standard error of an accuracy near 0.35 on 1,000 pictures is 0.015. Losses and accuracies are "
                "those of the best epoch, where early stopping is at work.\n\n"}


# ---- figures ----

def median(rows, figure):
    """The median over seeds; of texts the one they agree on. None where there is none."""
    values = [row["figures"][figure] for row in rows if row["figures"].get(figure) is not None]
    if not values:
        return None
    if any(isinstance(value, str) for value in values):
        return values[0] if len(set(values)) == 1 else " or ".join(sorted(set(map(str, values))))
    return statistics.median(values)


NAMES = {"first_plain": "first test picture's class: one prediction", "first_mean": "mean", "first_deviation": "deviation",
         "lowest": "rate at the lowest loss", "end": "end of the test", "layers": "by layer",
         "learning_rate": "last learning rate"}
RATES = ("lowest", "steepest", "minimum_tenth", "valley", "learning_rate")


def said(figure):
    return NAMES.get(figure) or figure.replace("val_", "validation ").replace("mc_", "Monte Carlo ").replace("_", " ")


def shown(figure, value):
    if value is None or isinstance(value, str):
        return value or ""
    if "epoch" in figure:
        return f"{value:g}"
    if figure in ("total", "trainable", "frozen"):
        return f"{int(value):,}"
    if figure in RATES:
        return f"{value:.2g}" if figure != "learning_rate" else f"{value:.5g}"
    return f"{value:.4f}"


def published_number(text):
    try:
        return float(text)
    except ValueError:
        return text


def epochs_to(row, figure, value):
    """How many epochs until a curve reaches a value; infinity = never."""
    for epoch, seen in enumerate(row["curves"].get(figure, []), 1):
        if seen is not None and seen >= value:
            return epoch
    return math.inf


# ---- verdicts: each rule gives (holds, words) ----

class Judge:
    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs

    def within(self, e, text):
        figure, band = text.split()
        got, wanted = median(self.ours[e.name], figure), published_number(e.published[figure])
        if got is None:
            return False, f"{said(figure)} was not measured"
        if band == "0":
            same = str(got) == e.published[figure]
            return same, f"{said(figure)} is {'' if same else 'not '}the same"
        if band.startswith("x"):
            ratio = got / wanted
            return 1 / float(band[1:]) <= ratio <= float(band[1:]), f"{said(figure)} is {ratio:.2g} times as much"
        inside = abs(got - wanted) <= float(band)
        if float(band) < 1e-4:
            return inside, f"{said(figure)} is {'' if inside else 'not '}the printed one"
        return inside, f"{said(figure)} {got - wanted:+.4f} (band {band})"

    def independent(self, e, text):
        figure, band = text.split()
        got, wanted = median(self.ours[e.name], figure), median(self.theirs[e.name], figure)
        if wanted is None:
            return True, "PyTorch did not run"
        if band == "range":
            values = [row["figures"][figure] for row in self.theirs[e.name]]
            inside = min(values) <= got <= max(values)
            return inside, (f"{said(figure)} {got:.4f} {'lies' if inside else 'does not lie'} between PyTorch's {min(values):.4f} and "
                            f"{max(values):.4f}")
        return abs(got - wanted) <= float(band), f"{said(figure)} {got - wanted:+.4f} from PyTorch (band {band})"

    def order(self, e, text, word):
        figure, other = text.split()
        mine, its = median(self.ours[e.name], figure), median(self.ours.get(other, []), figure)
        if its is None:
            return True, f"{other} did not run"
        holds = mine > its if word == "above" else mine < its
        return holds, f"{said(figure)} {shown(figure, mine)} is {'' if holds else 'not '}{word} {shown(figure, its)} of {other}"

    def above(self, e, text):
        return self.order(e, text, "above")

    def below(self, e, text):
        return self.order(e, text, "below")

    def sooner(self, e, text):
        figure, value, other = text.split()
        mine = statistics.median(epochs_to(row, figure, float(value)) for row in self.ours[e.name])
        if not self.ours.get(other):
            return True, f"{other} did not run"
        its = statistics.median(epochs_to(row, figure, float(value)) for row in self.ours[other])
        never = f"never in {median(self.ours[other], 'epochs'):g} epochs"
        return mine < its, (f"{said(figure)} {value} after {mine:g} epoch{'s' * (mine != 1)}, {other} "
                            f"{never if its == math.inf else f'after {its:g}'}")

    def positive(self, e, figure):
        got = median(self.ours[e.name], figure)
        return got > 0, f"{said(figure)} {got:.4f} is above 0"

    def expects(self, e, text):
        figure, wanted = text.split(" ", 1)
        got = median(self.ours[e.name], figure)
        return got == wanted, f"{said(figure)}: {got}"

    def judgements(self, e):
        """All rules of an experiment as (holds, words, rule); none where nothing was asked."""
        rules = [(kind, text) for kind in ("within", "above", "below", "sooner", "positive", "expects") for text in e.said[kind]]
        if not e.said["within"] and not e.said["independent"] and "val_accuracy" in e.published:
            rules.insert(0, ("within", BAND))
        if e.said["independent"]:
            rules.insert(0, ("independent", e.said["independent"]))
        return [(*getattr(self, kind)(e, text), kind) for kind, text in rules]

    def verdict(self, e):
        """'holds', 'exception', 'OUTSIDE', 'runs' (nothing to judge) or 'not run', and the words for it."""
        if not self.ours[e.name]:
            return "not run", ""
        found = self.judgements(e)
        bad = [words for good, words, _ in found if not good]
        if e.said["independent"].endswith("range") and all(good for good, _, kind in found if kind != "independent"):
            bad = []  # the printed figure is met: the other implementation is asked where it is not
        good = [words for good, words, _ in found if good]
        if not found:
            return "runs", "no figure was printed"
        if not bad:
            missed = [words for holds, words, _ in found if not holds]
            return "holds", "; ".join(good) + (f", although {'; '.join(missed)}" if missed else "")
        if e.said["exception"] and all(good for good, _, kind in found if kind == "independent"):
            return "exception", "; ".join(bad) + ". " + e.said["exception"] + (f" What holds: {'; '.join(good)}" if good else "")
        return "OUTSIDE", "; ".join(bad + good)


# ---- the page ----

def column(figure, names):
    """The figure that stands in a column: that of the best epoch where it was published."""
    best = "best_" + figure
    return best if best in names or "best_val_accuracy" in names else figure


def other_names(e):
    """Published figures that have no column."""
    columns = [column(figure, e.published) for figure in COLUMNS]
    return [name for name in e.published if name not in columns + ["first_" + figure for figure in COLUMNS]]


def cell(text, first):
    """first: the figure after the first epoch, where it is published."""
    return f"{first} → {text}" if first else text


def cells(rows, e):
    """The four columns and the other figures, of rows of results."""
    out = []
    for figure in COLUMNS:
        name = column(figure, e.published)
        measured = not e.said["verb"] or name in e.published  # the mean loss of a range test says nothing by itself
        text = shown(name, median(rows, name)) if measured else ""
        if figure == "val_accuracy" and len(rows) > 1 and text:
            values = [row["figures"][name] for row in rows]
            text = f"**{text}** ({min(values):.4f} to {max(values):.4f})"
        first = "first_" + figure
        out.append(cell(text, shown(first, median(rows, first)) if first in e.published else ""))
    others = other_names(e) if e.published or not e.said["verb"] else ["lowest", "end"]
    found = ((name, shown(name, median(rows, name))) for name in others)
    words = [f"{said(name)} {value}" for name, value in found if value]
    if e.said["seeds"]:
        words.append("seed by seed " + ", ".join(f"{row['figures'][column('val_accuracy', e.published)]:.3f}" for row in rows))
    return out + [", ".join(words)]


def published_cells(e):
    """As printed, but with a 0 before the point."""
    printed = {name: "0" + value if value.startswith(".") else value for name, value in e.published.items()}
    out = [cell(printed.get(column(figure, e.published), ""), printed.get("first_" + figure)) for figure in COLUMNS]
    out.append(", ".join(f"{said(name)} {printed[name]}" for name in other_names(e)))
    return out


def line(*texts):
    return "| " + " | ".join(texts) + " |\n"


def sentences(*texts):
    return ". ".join(text.rstrip(".") for text in texts if text) + "."


def whose(name, rows, usual):
    """ours or PyTorch, and what sets the line apart from the others: its number of seeds, its commits."""
    out = name
    if rows and len(rows) != usual["seeds"]:
        out += f", {len(rows)} seed{'s' * (len(rows) > 1)}"
    commits = commits_of([rows])
    if commits and commits != [usual["commit"]]:
        out += "<br>" + ", ".join(commits)
    return out


def experiment_lines(e, judge, usual):
    word, words = judge.verdict(e)
    mark = word if word in ("holds", "runs", "not run") else f"**{word}**"
    verdict = sentences(f"{mark}: {words}" if words else mark, *e.said["note"])
    title = f"[{e.title}](../examples/chapter/{e.name}.yaml)"
    where, out = e.said["cell"], ""
    if e.published:
        out += line(title, where, *published_cells(e))
        title = where = ""
    ours = judge.ours[e.name]
    by = f"{where}: nothing printed<br>" * bool(where) + whose("ours", ours, usual)
    figures = cells(ours, e) if ours else [""] * 5
    out += line(title, by, *figures[:4], "<br>".join(filter(None, [figures[4], verdict])))
    theirs = judge.theirs.get(e.name)
    if theirs:
        out += line("", whose("PyTorch", theirs, usual), *cells(theirs, e))
    return out


def part_text(part, rows):
    head = line("experiment", "whose", "loss", "accuracy", "validation loss", "validation accuracy", "other figures, verdict")
    rule = "|---" * 7 + "|\n"
    return f"\n## {part[0].upper()}{part[1:]}\n{NOTES.get(part, '')}{head}{rule}{rows}"


def commits_of(lists):
    """The commits of lists of results, in the order in which they come."""
    return list(dict.fromkeys(row["commit"] for rows in lists for row in rows if row["commit"]))


def commits_text(usual, ours):
    if not usual["commit"]:
        return ""
    several = any(commits_of([rows]) != [usual["commit"]] for rows in ours.values() if rows)
    where = f"commit {usual['commit']}" + ", or at the one that a line names" * several
    return (f"Measured at {where}. The same bits come from any x86-64 or ARM machine and any number of threads;\n"
            "a later commit may round differently and so move a figure by what another seed would.\n\n")


def count_text(words):
    names = {"holds": ("holds", "hold"), "exception": ("exception with its reason", "exceptions with their reason"),
             "OUTSIDE": ("outside its band", "outside their band"),
             "runs": ("runs, with no printed figure to meet", "run, with no printed figure to meet"),
             "not run": ("not run", "not run")}
    return f"{len(words)} experiments: " + ", ".join(
        f"{words.count(k)} {names[k][words.count(k) > 1]}" for k in names if k in words) + "."


def exceptions_text(experiments, words):
    """The lines that do not hold, so that nobody has to look for them."""
    found = [f"[{e.title}](../examples/chapter/{e.name}.yaml) ({e.said['cell'] or e.name}, {word})"
             for e, word in zip(experiments.values(), words) if word in ("exception", "OUTSIDE")]
    return f"What does not hold: {'; '.join(found)}.\n" if found else ""


class Before:
    """The page as it stands: experiments that were not run since keep their lines in the new one."""
    LINK = re.compile(r"\| \[.*\]\(\.\./examples/chapter/([^/]*)\.yaml\) \|")
    VERDICT = re.compile(r"(?:\| |<br>)\**(holds|exception|OUTSIDE|runs)\b")

    def __init__(self, text, ours):
        self.lines, name = {}, None
        for row in text.splitlines(keepends=True):
            link = self.LINK.match(row)
            name = link.group(1) if link else name if row.startswith("|  |") else None
            if name:
                self.lines[name] = self.lines.get(name, "") + row
        verdicts = {name: self.VERDICT.search(rows) for name, rows in self.lines.items()}
        self.words = {name: found.group(1) for name, found in verdicts.items() if found and name in ours and not ours[name]}
        seeds = re.search(r"medians over (\d+) seed", text)
        commit = re.search(r"Measured at commit (\w+)", text)
        self.seeds, self.commit = int(seeds.group(1)) if seeds else 1, commit.group(1) if commit else ""


def usual_of(ours, before):
    """What a line needs not say of itself: the seeds and the commit of most lines."""
    if before.words:
        return {"seeds": before.seeds, "commit": before.commit}
    return {"seeds": statistics.mode([len(rows) for rows in ours.values() if rows] + [1]),
            "commit": statistics.mode([row["commit"] for rows in ours.values() for row in rows if row["commit"]] or [""])}


def write(experiments, ours, theirs, page=""):
    """The page as text. ours, theirs: results by experiment, a list of seeds each; page: the text that it replaces."""
    judge, before = Judge(ours, theirs), Before(page, ours)
    words = [before.words.get(e.name) or judge.verdict(e)[0] for e in experiments.values()]
    usual = usual_of(ours, before)
    seeds = f"{usual['seeds']} seed{'s' * (usual['seeds'] > 1)}"
    text = INTRO.format(seeds=seeds, commits=commits_text(usual, ours), count=count_text(words),
                        exceptions=exceptions_text(experiments, words))
    parts = list(PARTS) + sorted({e.said["part"] for e in experiments.values()} - set(PARTS))
    for part in parts:
        members = [e for e in experiments.values() if e.said["part"] == part]
        if members:
            text += part_text(part, "".join(before.lines[e.name] if e.name in before.words else experiment_lines(e, judge, usual)
                                            for e in members))
    return text


def count(text):
    """The line with the sums, for the terminal."""
    return next(row.strip("*") for row in text.splitlines() if row.startswith("**") and "experiments" in row)
