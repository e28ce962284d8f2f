"""Every disk call of the command fails, is cut short, or is the last one: nothing is lost.

faults.py PLUMMET SHIM SECTION [COUNT]

SECTION  fail   the call fails (ENOSPC, EIO, EINTR, EMFILE, EACCES) or writes half of its bytes
         kill   the program is killed at the call; the run is resumed
         power  the power is cut at the call: what was not synced is lost; the run is resumed
         order  bytes are synced before a file takes its name, the folder after that
         memory the library gets no memory at one of its calls: an error, or the same results
COUNT    how many cases, drawn with a fixed seed; default: all
"""
import errno
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

PLUMMET, SHIM, SECTION = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else 0
ERRORS = ["ENOSPC", "EIO", "EINTR", "EMFILE", "EACCES"]
RUN = """data: digits | take(200) | shuffle | batch(50)
validation: split(0.2)
model:
  - input(64)
  - rescaling(1/16)
  - dense(8, activation=relu)
  - dense(10, activation=softmax)
optimizer: adam(1e-2, use_ema=true)
observers: [%s]
epochs: 3
"""
OBSERVERS = "\"early_stopping(patience=1)\", \"csv_logger('log.csv')\", \"checkpoint('best.st', save_best_only=true)\""
failures = []


def fail(what):
    failures.append(what)
    print("FAILED:", what, flush=True)


class Job:
    """A call of the command, in a folder that has been made ready."""

    def __init__(self, name, arguments, files, codes=(5,)):
        self.name, self.arguments, self.files = name, arguments.split(), files
        self.codes = codes  # what a failing call may end with, besides 0

    def start(self, folder, **environment):
        settings = {k: str(v) for k, v in environment.items()}
        settings["FAULTS_KEEP"] = folder + ".kept"
        return subprocess.run(
            [PLUMMET] + self.arguments, cwd=folder, capture_output=True, text=True, timeout=120,
            env={**os.environ, **settings, "LD_PRELOAD": SHIM, "TERM": "dumb"}, stdin=subprocess.DEVNULL)


JOBS = [
    Job("train", "train n.yaml out=new threads=1 report=false -q", ["new"]),
    Job("resume", "train --resume run threads=1 epochs=5 report=false -q", ["run"]),
    Job("predict", "predict run digits threads=1 -o p.csv", ["p.csv"]),
    Job("predict npy", "predict run digits threads=1 -o p.npy", ["p.npy"]),
    Job("predict stream", "predict run csv(rows.csv,stream=true) threads=1 -o p.npy", ["p.npy"]),
    Job("evaluate", "evaluate run digits threads=1", []),
    Job("summary", "summary run", []),
    Job("report", "report run", ["run"]),
    Job("plot", "plot activation relu -o p.svg", ["p.svg"]),
    Job("lr-find", "lr-find n.yaml --steps 12 threads=1 -q -o r.svg", ["r.svg"]),
    Job("pretrain", "pretrain p.yaml out=pre threads=1 report=false -q", ["pre"]),
]


def plain(*arguments, cwd):
    done = subprocess.run([PLUMMET, *arguments], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit("%s: %d\n%s" % (" ".join(arguments), done.returncode, done.stderr))


def make_template(base):
    """A run that has ended, old results, run files."""
    folder = os.path.join(base, "template")
    os.mkdir(folder)
    with open(folder + "/n.yaml", "w") as f:
        f.write(RUN % OBSERVERS)
    with open(folder + "/p.yaml", "w") as f:
        f.write(RUN % "" + "unlabelled: digits | take(100) | shuffle\npretraining: autoencoder(1)\n")
    plain("train", "n.yaml", "out=run", "threads=1", "report=false", "-q", "epochs=2", cwd=folder)
    with open(folder + "/rows.csv", "w") as f:
        for i in range(-1, 20):
            f.write(",".join("c%d" % k if i < 0 else str(i * k % 17) for k in range(64)) + "\n")
    for name in ["p.csv", "p.npy", "p.svg", "r.svg"]:
        with open(os.path.join(folder, name), "w") as f:
            f.write("old\n")
    return folder


def copy(template, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.rmtree(to + ".kept", ignore_errors=True)
    shutil.copytree(template, to)
    os.mkdir(to + ".kept")


def tree(folder):
    """The content of every file, by its path; of a history without its seconds."""
    out = {}
    for path, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(path, name), "rb") as f:
                data = f.read()
            if name in ("history.csv", "pretraining.csv"):
                data = b"\n".join(line.rpartition(b",")[0] for line in data.split(b"\n"))
            out[os.path.relpath(os.path.join(path, name), folder)] = data
    return out


def parts(folder):
    return [name for name in tree(folder) if name.endswith(".part")]


def calls_of(job, template, base):
    """What the job calls when nothing fails, and what it leaves."""
    folder, log = os.path.join(base, "good"), os.path.join(base, "log")
    copy(template, folder)
    if os.path.exists(log):
        os.remove(log)
    done = job.start(folder, FAULTS_LOG=log)
    if done.returncode != 0:
        raise SystemExit("%s without a fault: %d\n%s" % (job.name, done.returncode, done.stderr))
    with open(log) as f:
        calls = [line.split(" ", 2)[1:] for line in f.read().splitlines()]
    return [(name, path) for name, path in calls], tree(folder)


def draw(cases, always):
    """COUNT cases, and besides these each of which always() is true: of calls that are rare."""
    if COUNT and COUNT < len(cases):
        drawn = random.Random(11).sample(range(len(cases)), COUNT)
        cases = [cases[i] for i in sorted({*drawn, *(i for i, case in enumerate(cases) if always(case))})]
    return cases


def is_grown(name, data, good):
    """A file of rows: whole rows of the good one, from the first on."""
    rows = good.get(name, b"")
    return name.endswith((".csv")) and "/" in name and rows.startswith(data) and (
        not data or data.endswith(b"\n") or rows[len(data):len(data) + 1] == b"\n")


def whole(label, now, old, good):
    """Every file is the old one or the new one. Rows may be missing at the end of a growing one."""
    for name in old:
        if name not in now and not name.endswith((".part", "run.lock")):
            fail("%s: %s is lost" % (label, name))
    for name, data in now.items():
        if data in (old.get(name), good.get(name)) or name.endswith((".part", "lock")):
            continue
        if is_grown(name, data, good):
            continue
        if name.endswith((".safetensors", ".st")):
            continue  # read below
        fail("%s: %s is neither old nor new" % (label, name))


def readable(label, folder):
    for name in tree(folder):
        if name.endswith((".safetensors", ".st")):
            done = subprocess.run([PLUMMET, "summary", name], cwd=folder, capture_output=True, text=True)
            if done.returncode != 0:
                fail("%s: %s cannot be read: %s" % (label, name, done.stderr))


def read_raw(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()


def go_on(label, job, folder, good, template):
    """Resumes, or begins again where there is no checkpoint; the end must be that of a run in one piece."""
    run = job.files[0]
    checkpoint = os.path.exists(os.path.join(folder, run, "checkpoint.safetensors"))
    verb = job.arguments[0]
    if job.name == "resume" or checkpoint:
        arguments = [verb, "--resume", run, "threads=1", "-q"] + [a for a in job.arguments if a.startswith("epochs=")]
    else:
        arguments = job.arguments
        shutil.rmtree(os.path.join(folder, run), ignore_errors=True)
    done = subprocess.run([PLUMMET] + arguments, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        fail("%s: cannot go on: %d %s" % (label, done.returncode, done.stderr))
        return
    now = tree(folder)
    for name in ["model.safetensors", "history.csv"]:
        path = os.path.join(run, name)
        if now.get(path) != good.get(path):
            fail("%s: another %s after it went on" % (label, name))
    if job.name == "resume" and not read_raw(folder, "run/history.csv").startswith(
            read_raw(template, "run/history.csv")):
        fail("%s: seconds are lost" % label)
    if parts(os.path.join(folder, run)):
        fail("%s: left %s" % (label, parts(folder)))


def each(jobs, template, base, cases_of):
    """Runs cases: (job, number of the call, label, environment)."""
    known = {job: calls_of(job, template, base) for job in jobs}
    cases = draw([case for job in jobs for case in cases_of(job, known[job][0])],
                 lambda case: known[case[0]][0][case[1] - 1][0] == "pwrite" and case[2] in ("EINTR", "short"))
    for job, number, label, environment in cases:
        folder = os.path.join(base, "work")
        copy(template, folder)
        label = "%s, call %d, %s %s: %s" % ((job.name, number) + known[job][0][number - 1] + (label,))
        try:
            done = job.start(folder, FAULTS_AT=number, **environment)
        except subprocess.TimeoutExpired:
            fail(label + ": hangs")
            continue
        yield job, label, folder, done, tree(template), known[job][1]
    print("%s: %d cases" % (SECTION, len(cases)))


def fail_cases(job, calls):
    for i, (name, _) in enumerate(calls):
        for error in ERRORS:
            yield job, i + 1, error, {"FAULTS_HOW": getattr(errno, error)}
        if name in ("write", "read", "pwrite"):
            yield job, i + 1, "short", {"FAULTS_HOW": "short"}


def codes_of(label):
    """The exit codes that a failing call may have."""
    call, path = label.split(", ", 2)[2].rsplit(": ", 1)[0].split(" ", 1)
    folder = path.endswith(("/", ".")) or os.path.isdir(path)
    rows = path.endswith(("history.csv", "pretraining.csv"))
    if label.endswith(("EINTR", "short")) and call not in ("unlink", "unlinkat", "mkdir"):
        return (0,)  # the three never give EINTR
    if call == "close" and not path.endswith("(deleted)"):
        return (0,)  # of a file that was read, of a folder, of one that grows
    if call == "unlinkat":
        return (0,)  # the lock: the next run takes it over
    if call == "open" and folder:
        return (0, 5)  # twice: for a file without a name (there are others), to sync the folder
    if rows and call in ("open", "write", "read"):
        return (0, 5)  # a row that cannot be added is written at the end; the first ones cannot wait
    return (5,)


def section_fail(template, base):
    for job, label, folder, done, old, good in each(JOBS, template, base, fail_cases):
        now = tree(folder)
        if done.returncode not in codes_of(label):
            fail("%s: exit %d: %s" % (label, done.returncode, done.stderr))
        if done.returncode != 0 and "plummet: error:" not in done.stderr:
            fail("%s: no message: %s" % (label, done.stderr))
        if done.returncode == 0 and label.endswith(("short", "EINTR")):
            for name in ["p.csv", "p.npy", "p.svg"]:
                if name in job.files and now[name] != good[name]:
                    fail("%s: %s is another" % (label, name))
        if parts(folder) and ", call" in label and "unlink" not in label:
            fail("%s: left %s" % (label, parts(folder)))
        whole(label, now, old, good)
        readable(label, folder)
        if job in TRAININGS and done.returncode != 0:
            go_on(label, job, folder, good, template)


TRAININGS = [job for job in JOBS if job.name in ("train", "resume")]


def section_kill(template, base):
    def cases(job, calls):
        for i in range(len(calls)):
            yield job, i + 1, "killed", {"FAULTS_HOW": "kill"}

    for job, label, folder, done, old, good in each(JOBS, template, base, cases):
        whole(label, tree(folder), old, good)
        if job in TRAININGS:
            go_on(label, job, folder, good, template)


def section_power(template, base):
    def cases(job, calls):
        for i in range(len(calls)):
            for lost in ["data", "names", "both"]:
                yield job, i + 1, "power cut, lost " + lost, {"FAULTS_HOW": "cut", "FAULTS_CUT": lost}

    for job, label, folder, done, old, good in each(JOBS, template, base, cases):
        whole(label, tree(folder), old, good)
        readable(label, folder)
        if job in TRAININGS:
            go_on(label, job, folder, good, template)


def section_order(template, base):
    for job in JOBS:
        calls, _ = calls_of(job, template, base)
        names = [name for name, _ in calls]
        for i, (name, path) in enumerate(calls):
            if name != "rename":
                continue
            written = max([k for k in range(i) if names[k] in ("write", "pwrite")], default=-1)
            if "fsync" not in names[written + 1:i]:
                fail("%s: %s takes its name before it is synced" % (job.name, path))
            if "fsync" not in names[i + 1:i + 4]:
                fail("%s: the folder of %s is not synced" % (job.name, path))
        if job.files and "." in job.files[0] and "rename" not in names:
            fail("%s: no file takes its name" % job.name)


MEMORY_JOBS = JOBS + [
    Job("predict, text", "predict run digits threads=1 --format csv", []),
    Job("trials", "lr-find n.yaml --steps 12 --try --try-steps 10 threads=1 -q --json", []),
    Job("variances", "plot init --activation relu --initializer he_normal --depth 1,2 --width 4 --nets 1", []),
    Job("describe", "describe layer dense", []),
    Job("describe a word", "describe dense", []),
    Job("describe all", "describe", []),
    Job("dry run", "train n.yaml --dry-run threads=1", []),
]


def blocks_of(job, template, base):
    """How many blocks of memory the job takes, what it prints and leaves."""
    folder, count = os.path.join(base, "good"), os.path.join(base, "count")
    copy(template, folder)
    done = job.start(folder, FAULTS_COUNT=count)
    if done.returncode != 0:
        raise SystemExit("%s without a fault: %d\n%s" % (job.name, done.returncode, done.stderr))
    return int(open(count).read()), done, tree(folder)


def same_seconds(text):
    return re.sub(r"[0-9.]+ ?(s|ms|min|rows/s)\b", "", text)


def section_memory(template, base):
    known = {job: blocks_of(job, template, base) for job in MEMORY_JOBS}
    share = max(1, COUNT // len(MEMORY_JOBS)) if COUNT else 10 ** 9
    rng, cases = random.Random(11), []
    for job in MEMORY_JOBS:
        numbers = range(1, known[job][0] + 1)
        cases += [(job, k) for k in (rng.sample(numbers, share) if share < len(numbers) else numbers)]
    for job, number in cases:
        folder, label = os.path.join(base, "work"), "%s, block %d" % (job.name, number)
        copy(template, folder)
        try:
            done = job.start(folder, FAULTS_MEMORY=number)
        except subprocess.TimeoutExpired:
            fail(label + ": hangs")
            continue
        _, good, files = known[job]
        if done.returncode == 0:
            if same_seconds(done.stdout) != same_seconds(good.stdout) or tree(folder) != files:
                others = [n for n in set(tree(folder)) | set(files) if tree(folder).get(n) != files.get(n)]
                fail("%s: success, with other results: %s" % (label, others or done.stdout))
        elif "out of memory" not in done.stderr or done.returncode not in (1, 5):
            fail("%s: exit %d: %s" % (label, done.returncode, done.stderr))
        if parts(folder):
            fail("%s: left %s" % (label, parts(folder)))
        whole(label, tree(folder), tree(template), files)
    print("memory: %d cases" % len(cases))


with tempfile.TemporaryDirectory() as base:
    template = make_template(base)
    globals()["section_" + SECTION](template, base)
print("%d failures" % len(failures))
sys.exit(len(failures) > 0)
