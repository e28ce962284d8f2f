"""What a user feels: whole trainings from a file to a saved model, the start of the process included; how much memory they
take; how much is installed."""
import os
import shutil
import subprocess
import tempfile

import virtual
from measure import ROOT, bound

DRIVER = os.path.join(ROOT, "bench", "peers", "whole_training.py")
# name, its word in whole_training.py, the packages that a user installs for it
WHO = [("scikit-learn + pandas", "sklearn", ["scikit-learn", "pandas"]), ("Keras on JAX", "keras", ["keras", "jax", "pandas"]),
       ("PyTorch", "torch", ["torch", "pandas"])]
TASKS = ("table", "images")
RUN_FILES = {"table": """data: csv('FOLDER/table.csv', target=y) | shuffle | batch(32)
test: split(0.2)
model:
  - normalization
  - dense(30, activation=relu)
  - dense(30, activation=relu)
  - dense(1)
optimizer: adam(1e-3)
loss: mse
epochs: 20
""", "images": """data: idx('FOLDER/images.idx', 'FOLDER/labels.idx') | shuffle | batch(32)
model:
  - input(28, 28)
  - flatten
  - rescaling(1/255)
  - dense(300, activation=elu)
  - dense(100, activation=elu)
  - dense(10, activation=softmax)
optimizer: sgd(0.01, momentum=0.9)
loss: sparse_categorical_crossentropy
epochs: 3
"""}


def make_files(folder):
    if not os.path.exists(os.path.join(folder, "labels.idx")):
        subprocess.run([virtual.PYTHON, DRIVER, "-", "make", folder, "1"], check=True)
    for task, text in RUN_FILES.items():
        with open(os.path.join(folder, task + ".yaml"), "w") as f:
            f.write(text.replace("FOLDER", folder))


def ours(options, task, folder, threads):
    out = os.path.join(folder, "out_" + task)
    shutil.rmtree(out, ignore_errors=True)
    return [os.path.join(options.build, "plummet"), "train", os.path.join(folder, task + ".yaml"), "out=" + out,
            f"threads={threads}", "--quiet"]


def turn(options, seen, name, command, threads):
    got = bound(command, threads)
    for key in ("elapsed", "used", "rss"):
        seen.setdefault(name, {"elapsed": [], "used": [], "rss": []})[key] += [got[key]] if got else []


def measure(options, missing):
    folder = os.path.join(options.data, "whole")
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(virtual.PYTHON):
        missing.append("whole processes: their files are made by numpy (bench/run --peers)")
        return {}
    make_files(folder)
    have, out = virtual.look(virtual.SHOWN)["versions"], {}
    threads = max(options.threads)
    for task in filter(options.wants, TASKS):
        seen = {}
        for _ in range(1 if options.quick else min(3, options.rounds)):
            for name, word, packages in WHO:
                if all(p in have for p in packages):
                    turn(options, seen, name, [virtual.PYTHON, DRIVER, word, task, folder, str(threads)], threads)
            for _ in range(3):
                turn(options, seen, "plummet", ours(options, task, folder, threads), threads)
            turn(options, seen, "plummet, 1 thread", ours(options, task, folder, 1), 1)
        out[task] = {"threads": threads, "who": seen}
    if options.wants("sizes"):
        out["sizes"] = {"lines": sizes(options, missing)}
    return out


def tree_bytes(folder):
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(folder) for name in names)


def sizes(options, missing):
    """[[what, bytes]] of what is installed."""
    out = []
    with tempfile.TemporaryDirectory() as to:
        got = subprocess.run(["cmake", "--install", options.build, "--prefix", to, "--strip"], capture_output=True, text=True)
        if got.returncode == 0:
            out.append(["plummet: command, libraries, headers, manual", tree_bytes(to)])
        else:
            missing.append("plummet's installed size: the build is not whole (make)")
            out.append(["plummet: the command alone", os.path.getsize(os.path.join(options.build, "plummet"))])
    for name, _, packages in WHO:
        look = virtual.look(packages)
        if len(look["versions"]) == len(packages):
            out.append([name + ", with all it needs", look["bytes"]])
    return out
