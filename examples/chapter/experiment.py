"""The experiments of the chapter: what a run file says in its head, and how it is run and measured.

The head of a run file is comments. The first line is the title, lines '# key: value' say the rest:
  part, cell      where in the chapter; whose notebook and cell
  published       figures that the notebook prints: val_accuracy=.8396 loss=.4918 ...
  within          FIGURE BAND: ours may be so far from the published one (0 = equal; x10 = ten times more or less)
  above, below    FIGURE NAME: ours is above (below) that of another experiment
  sooner          FIGURE VALUE NAME: it reaches the value in fewer epochs than another experiment
  positive        FIGURE: it is above 0
  expects         FIGURE TEXT: the figure is this text
  independent     FIGURE BAND: an independent implementation (pytorch.py) runs the same file; ours may be so far from it,
                  or with the band 'range', where the printed figure is not met, lie between the
                  lowest and the highest of its seeds (an unstable net)
  verb            the verb, where it is not train, with its options
  start           NAME: the experiment whose net the key start: of the run file means
  evaluate        NAME DATA: loss and accuracy of the trained net on further data
  monte_carlo     SAMPLES DATA: predictions with dropout at work
  seeds           how many seeds, where the net needs more than the others: it is unstable
  note            a sentence for the report;  exception: why a figure lies outside its band (an excuse before
                  the notebook, none before the independent implementation)
"""
import gzip
import hashlib
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

SEVERAL = ("within", "above", "below", "sooner", "positive", "expects", "evaluate", "note")
SINGLE = ("part", "cell", "published", "independent", "verb", "start", "monte_carlo", "seeds", "exception")


class Experiment:
    """A run file: its head, and the text that decides what it computes."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[: -len(".yaml")]
        self.said = {key: [] for key in SEVERAL}
        self.said.update({key: "" for key in SINGLE})
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        head = [line[1:].strip() for line in lines if line.startswith("#")]
        self.title = head[0] if head else self.name
        for line in head[1:]:
            self._take(line)
        self.published = dict(pair.split("=", 1) for pair in self.said["published"].split())
        self.text = "\n".join(line for line in lines if line and not line.startswith("#"))

    def _take(self, line):
        key, colon, value = line.partition(":")
        if not colon or key not in self.said:
            sys.exit(f"{self.path}: a line of the head is neither '# key: value' nor known: '{line}'")
        if key in SEVERAL:
            self.said[key].append(value.strip())
        else:
            self.said[key] = value.strip()

    def key(self, needed):
        """What a result depends on: the run file, what is measured, and the experiment it starts from."""
        words = [self.text] + [str(self.said[key]) for key in ("verb", "evaluate", "monte_carlo")] + [needed]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def load(folder):
    """All experiments of a folder, by name."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".yaml"))
    found = [Experiment(os.path.join(folder, name)) for name in names]
    return {experiment.name: experiment for experiment in found}


# ---- figures ----

def figures_of_epochs(epochs):
    """The last epoch's figures, the first one's (first_), those of the lowest val_loss (best_), and how many there were."""
    out = {"epochs": len(epochs)}
    for name in ("learning_rate", "penalty_share"):
        if name in epochs[-1]:
            out[name] = epochs[-1][name]
    plain = ("loss", "accuracy", "val_loss", "val_accuracy")
    for name in plain:
        if name in epochs[-1]:
            out[name] = epochs[-1][name]
            out["first_" + name] = epochs[0][name]
    if "val_loss" in epochs[0]:
        losses = [e["val_loss"] if math.isfinite(e["val_loss"]) else math.inf for e in epochs]
        best = losses.index(min(losses))
        out.update({"best_" + name: epochs[best][name] for name in plain if name in epochs[best]})
        out["best_epoch"] = best + 1
    return out


def figures_of_summary(text):
    """Parameters of the layers and their sums, as plummet summary prints them."""
    def number(label):
        return int(re.search(label + r" params: ([\d,]+)", text).group(1).replace(",", ""))
    table = text.split("---\n")[1].splitlines()
    counts = [int(line.split()[-1].replace(",", "")) for line in table if "]" in line]
    return {"total": number("Total"), "trainable": number("\nTrainable"), "frozen": number("Non-trainable"),
            "layers": ",".join(str(count) for count in counts[1:])}


def labels_of(data):
    """The labels of fashion_mnist, fashion_mnist(test) or cifar10(test), from the files that plummet reads."""
    places = os.environ.get("PLUMMET_DATA", "").split(":") + ["/usr/local/share/plummet", "/usr/share/plummet"]
    names = {"fashion_mnist": ["fashion-mnist/train-labels-idx1-ubyte", "fashion_mnist/train-labels-idx1-ubyte"],
             "fashion_mnist(test)": ["fashion-mnist/t10k-labels-idx1-ubyte", "fashion_mnist/t10k-labels-idx1-ubyte"],
             "cifar10(test)": ["cifar10-subset/test_batch_first1000.bin", "cifar-10-batches-bin/test_batch.bin"]}
    source = data.split(" | ")[0]
    paths = [os.path.join(place, name) for place in places for name in names[source]]
    if source.startswith("fashion"):
        paths.append("/usr/share/datasets/" + names[source][0])
    for path in [path + ending for path in paths for ending in ("", ".gz")]:
        if os.path.exists(path):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                content = file.read()
            return list(content[8:] if source.startswith("fashion") else content[::3073])
    sys.exit(f"the labels of {source} are not in {':'.join(places)}")


def figures_of_monte_carlo(rows, plain, labels):
    """rows, plain: the lines of predict --format jsonl, with and without --monte-carlo."""
    rows = [json.loads(line) for line in rows]
    first = labels[0]
    right = sum(row["class"] == label for row, label in zip(rows, labels))
    deviations = [row["deviation"][row["class"]] for row in rows]
    return {"mc_accuracy": right / len(rows), "mc_deviation": sum(deviations) / len(deviations),
            "first_plain": json.loads(plain[0])["probabilities"][first],
            "first_mean": rows[0]["mean"][first], "first_deviation": rows[0]["deviation"][first]}


# ---- running ----

class Runner:
    """Runs experiments by the command; options: plummet (a list of words), threads, folder for nets."""

    def __init__(self, plummet, threads, folder):
        self.plummet, self.threads, self.folder = plummet, threads, folder

    def command(self, *words):
        """stdout of plummet; what it has to say on stderr goes on to ours, and an error ends us."""
        done = subprocess.run([*self.plummet, *words], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(f"exit {done.returncode}: {' '.join([*self.plummet, *words])}")
        return done.stdout

    def net(self, experiment, seed):
        return os.path.join(self.folder, f"{experiment.name}-{seed}")

    def run(self, experiment, seed, start, keep):
        """The figures and the curves of one run."""
        verb = experiment.said["verb"].split()
        common = [f"threads={self.threads}", f"seed={seed}"]
        if verb and verb[0] == "summary":
            return figures_of_summary(self.command("summary", experiment.path)), {}
        if verb and verb[0] == "lr-find":
            found = json.loads(self.command(*verb, experiment.path, "--json", "--quiet", *common))
            figures = {name: found[name] for name in ("lowest", "steepest", "minimum_tenth", "valley", "end")}
            return {**figures, "loss": statistics.mean(found["loss"])}, {}
        os.makedirs(self.folder, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as place:  # another run may be under way beside us
            out = os.path.join(place, "net")
            words = [f"start={start}"] if start else []
            said = self.command("train", experiment.path, "--json", "--quiet", "checkpoint=false", f"out={out}", *common, *words)
            figures, curves = self.read_training(said)
            figures.update(self.measure(experiment, out, seed))
            if keep:
                shutil.rmtree(self.net(experiment, seed), ignore_errors=True)
                os.rename(out, self.net(experiment, seed))
        return figures, curves

    @staticmethod
    def read_training(said):
        lines = [json.loads(line) for line in said.splitlines()]
        epochs = [line for line in lines if line["event"] == "epoch"]
        figures = figures_of_epochs(epochs)
        figures.update({name: lines[-1][name] for name in ("test_loss", "test_accuracy", "seconds") if name in lines[-1]})
        return figures, {"val_accuracy": [e.get("val_accuracy") for e in epochs], "loss": [e["loss"] for e in epochs]}

    def measure(self, experiment, out, seed):
        figures = {}
        for asked in experiment.said["evaluate"]:
            name, data = asked.split(" ", 1)
            found = json.loads(self.command("evaluate", out, data, "--json", f"threads={self.threads}"))
            figures.update({f"{name}_{key}": found[key] for key in ("loss", "accuracy")})
        if experiment.said["monte_carlo"]:
            samples, data = experiment.said["monte_carlo"].split(" ", 1)
            words = ["predict", out, data, "--format", "jsonl", f"threads={self.threads}"]
            rows = self.command(*words, "--monte-carlo", samples, f"seed={seed}").splitlines()
            figures.update(figures_of_monte_carlo(rows, self.command(*words).splitlines(), labels_of(data)))
        return figures


def run_independent(experiment, seed, words):
    """The same run file by pytorch.py; None where there is no PyTorch."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch.py")
    command = [*words, sys.executable, script, experiment.path, "--seed", str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == 77:
        return None
    if done.returncode:
        sys.exit(f"exit {done.returncode}: {' '.join(command)}")
    epochs = [json.loads(line) for line in done.stdout.splitlines()]
    return figures_of_epochs(epochs), {"val_accuracy": [e.get("val_accuracy") for e in epochs]}
