"""The report of examples/chapter from results that are made up: python3 chapter.py FOLDER. Silent when all is well."""
import json
import os
import subprocess
import sys

FOLDER = sys.argv[1]
UNSTABLE = "# published: val_accuracy=.9\n# within: val_accuracy 0.05\n# independent: val_accuracy range\n# seeds: 4\n"
FILES = {
    "a": "# A\n# part: optimizers\n# cell: book 1\n# published: loss=.3 val_accuracy=.8000 first_loss=1.2\n",
    "b": "# B\n# part: optimizers\n# published: val_accuracy=.8000\n# above: val_accuracy a\n# sooner: val_accuracy 0.7 a\n",
    "c": "# C\n# part: optimizers\n# published: val_accuracy=.9\n# exception: the net is small.\n# positive: mc_deviation\n",
    "d": "# D\n# part: CIFAR-10\n# published: best_val_accuracy=.5\n# independent: best_val_accuracy 0.03\n",
    "e": "# E\n# part: other\n",
    "f": "# F\n# part: other\n# published: val_accuracy=.5\n",
    "g": "# G\n# part: other\n# published: total=12 end=nan\n# within: total 0\n# expects: end blown up\n",
    "h": "# H\n# part: other\n" + UNSTABLE + "# exception: It hops.\n",
    "i": "# I\n# part: other\n" + UNSTABLE + "# exception: It hops.\n# cell: book 2\n",
    "j": "# J\n# part: other\n" + UNSTABLE}


def result(name, seed, by, figures, curve=()):
    return {"name": name, "key": KEYS[name], "seed": seed, "by": by, "commit": "def" if seed == 3 else "abc", "figures": figures,
            "curves": {"val_accuracy": list(curve)}}


def run(*words):
    return subprocess.run([sys.executable, os.path.join(FOLDER, "run"), "--files", ".", *words], capture_output=True,
                          text=True, check=False)


def expect(what, good, text=""):
    if not good:
        print(f"FAILED: {what}\n{text}")
        sys.exit(1)


os.makedirs("made-up", exist_ok=True)
os.chdir("made-up")
for file_name, head in FILES.items():
    with open(file_name + ".yaml", "w", encoding="utf-8") as file:
        file.write(head + f"data: digits\nname: {file_name}\n")
sys.path.insert(0, FOLDER)
sys.dont_write_bytecode = True
import experiment  # noqa: E402
KEYS = {e.name: e.key("") for e in experiment.load(".").values()}
ROWS = [result("a", s, "plummet", {"val_accuracy": v, "loss": 0.31, "first_loss": 1.3, "epochs": 3}, (0.5, 0.6, v))
        for s, v in ((1, 0.79), (2, 0.81), (3, 0.99))]
ROWS += [result("b", 1, "plummet", {"val_accuracy": 0.82, "epochs": 2}, (0.75, 0.82)),
         result("c", 1, "plummet", {"val_accuracy": 0.7, "mc_deviation": 0.1}),
         result("d", 1, "plummet", {"best_val_accuracy": 0.3}), result("d", 1, "pytorch", {"best_val_accuracy": 0.34}),
         result("e", 1, "plummet", {"val_accuracy": 0.1}),
         *(result("h", s, "plummet", {"val_accuracy": v}) for s, v in ((1, 0.6), (2, 0.5), (3, 0.5), (4, 0.7))),
         *(result("h", s, "pytorch", {"val_accuracy": v}) for s, v in ((1, 0.4), (2, 0.6))),
         result("i", 1, "plummet", {"val_accuracy": 0.6}), result("i", 1, "pytorch", {"val_accuracy": 0.5}),
         result("j", 1, "plummet", {"val_accuracy": 0.88}), result("j", 1, "pytorch", {"val_accuracy": 0.5}),
         result("g", 1, "plummet", {"total": 13, "end": "blown up"})]
with open("results.jsonl", "w", encoding="utf-8") as file:
    file.writelines(json.dumps(row) + "\n" for row in ROWS)

done = run("--table", "--results", "results.jsonl", "--output", "page.md")
expect("run --table", done.returncode == 0, done.stderr)
with open("page.md", encoding="utf-8") as file:
    PAGE = file.read()
for words in (
        "10 experiments: 3 hold, 2 exceptions with their reason, 3 outside their band, 1 runs, with no printed figure to meet, "
        "1 not run.",
        "What does not hold: [C](../examples/chapter/c.yaml) (c, exception); [D](",
        "| [A](../examples/chapter/a.yaml) | book 1 | 1.2 → 0.3 |  |  | 0.8000 |  |",
        "| [E](../examples/chapter/e.yaml) | ours |  |  |  | 0.1000 | runs: no figure was printed. |",
        "medians over 1 seed,", "Measured at commit abc, or at the one that a line names.",
        "|  | ours, 3 seeds<br>abc, def | 1.3000 → 0.3100 |  |  | **0.8100** (0.7900 to 0.9900) | holds: validation accuracy +0.0100 "
        "(band 0.02). |",
        "validation accuracy 0.8200 is above 0.8100 of a; validation accuracy 0.7 after 1 epoch, a after 3. |",
        "**exception**: validation accuracy -0.2000 (band 0.02). the net is small. What holds: Monte Carlo deviation",
        "seed by seed 0.600, 0.500, 0.500, 0.700<br>**exception**: validation accuracy -0.3500 (band 0.05). It hops. What "
        "holds: validation accuracy 0.5500 lies between PyTorch's 0.4000 and 0.6000. |",
        "**OUTSIDE**: validation accuracy 0.6000 does not lie between PyTorch's 0.5000 and 0.5000",
        "holds: validation accuracy -0.0200 (band 0.05), although validation accuracy 0.8800 does not lie between PyTorch's 0.5000 and "
        "0.5000. |",
        "**OUTSIDE**: best validation accuracy -0.0400 from PyTorch (band 0.03)",
        "| not run. |",
        "total 13, end of the test blown up<br>**OUTSIDE**: total is not the same; end of the test: blown up"):
    expect(f"the page has '{words}'", words in PAGE, PAGE)
expect("parts in their order", PAGE.index("## Optimizers") < PAGE.index("## CIFAR-10") < PAGE.index("## Other"))
expect("links", "[A](../examples/chapter/a.yaml)" in PAGE)

# what was not run since keeps its lines
with open("one.jsonl", "w", encoding="utf-8") as file:
    file.write(json.dumps({**ROWS[3], "commit": "new"}) + "\n")
done = run("b", "--table", "--results", "one.jsonl", "--output", "page.md")
expect("the verdict of what was asked for", done.stdout.startswith("b: holds: validation accuracy +0.0200"), done.stdout)
with open("page.md", encoding="utf-8") as file:
    NEXT = file.read()
B = next(row for row in PAGE.splitlines() if "is above 0.8100 of a" in row)
expect("its own line is new", B not in NEXT and "|  | ours<br>new |" in NEXT, NEXT)
expect("all other lines stay", not [row for row in PAGE.splitlines() if row != B and row not in NEXT], NEXT)

# another run file has another key; what the head says of the notebook does not change it
with open("a.yaml", "a", encoding="utf-8") as file:
    file.write("epochs: 5\n")
with open("b.yaml", "a", encoding="utf-8") as file:
    file.write("# note: a sentence\n")
AFTER = {e.name: e.key("") for e in experiment.load(".").values()}
expect("keys", AFTER["a"] != KEYS["a"] and AFTER["b"] == KEYS["b"])
expect("an unknown experiment", "no experiment 'z'" in run("z").stderr)
expect("--list", run("--list").stdout.startswith("a  "))
