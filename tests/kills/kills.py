#!/usr/bin/env python3
"""Kills runs at random moments, resumes them, and compares what they leave with a run that was never killed.

kills.py COMMAND [--kills N] [--seed S] [--folder DIR] [--only NAME]

Each trial starts a run, kills it (SIGKILL, or a signal that stops it, or that and a second one or SIGKILL shortly after it) up to
three times, resumes it each time on another number of threads and instruction set, and lets it end. Then
model.safetensors, checkpoint.safetensors and the files of observers must be those of the whole run, byte for byte;
history.csv, too, but for its seconds; and no *.part may be left. A run that has ended is resumed once more, which must
change nothing. Exit 0: all trials are exact."""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

NET = """model:
  - input(64)
  - rescaling(1/16)
  - dense({units}, activation=relu)
  - {middle}
  - dense(10, activation=softmax)
"""


signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the caller ignores it (nohup)


def run_file(data="digits | shuffle | batch(16)", middle="dropout(0.3)", units=40, **keys):
    lines = [f"data: {data}", NET.format(units=units, middle=middle).rstrip()]
    keys = {"validation": "split(0.1, shuffle=true)", "optimizer": "adam(2e-3)", "epochs": 40, "seed": 3, **keys}
    return "\n".join(lines + [f"{key}: {value}" for key, value in keys.items() if value is not None]) + "\n"


# Each ends within a few seconds. What may go wrong differs: an early end, averages, rates that fall, files of observers,
# noise by batch and row, more than one phase.
CONFIGURATIONS = {
    "early-stopping": run_file(observers="[early_stopping(patience=3, restore_best_weights=true)]",
                               optimizer="nadam(5e-3)", test="split(0.1)"),
    "patience": run_file(observers="[early_stopping(monitor=val_accuracy, patience=4)]", keep="last",
                         middle="batch_normalization"),
    "average": run_file(optimizer="sgd(cosine_decay(0.1, 3000), momentum=0.9, use_ema=true, ema_momentum=0.98)",
                        epochs=25),
    "plateau": run_file(observers="[reduce_lr_on_plateau(patience=1, factor=0.5), early_stopping(patience=6)]",
                        middle="gaussian_noise(0.1)", optimizer="adam(5e-3)"),
    "observers": run_file(observers="""
  - checkpoint('best.safetensors', save_best_only=true)
  - csv_logger('log.csv')
  - 'checkpoint("at-{epoch:02d}.safetensors", every=7)'
  - checkpoint('often.safetensors', save_freq=50)""", epochs=20),
    "accumulated": run_file(optimizer="adamw(2e-3, gradient_accumulation_steps=3, global_clipnorm=1)", checkpoint=3,
                            loss="categorical_crossentropy", metrics="[auc, f1_score]",
                            data="digits | one_hot(10) | shuffle(500) | batch(33)", epochs=30),
    "tiny": run_file(data="digits | take(64) | batch(16)", validation=None, epochs=4000, units=8),
}


class Kills:
    def __init__(self, command, folder, seed):
        self.command, self.folder, self.random = command, folder, random.Random(seed)
        self.kills = self.trials = self.stops = self.begun_again = 0
        self.faults = []
        version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
        self.sets = version.split("(of:")[1].split(")")[0].split()
        self.whole = {}

    def call(self, folder, arguments):
        return subprocess.Popen([self.command, "train", *arguments, "--quiet"], cwd=folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=open(folder / "err", "ab"))

    def prepare(self, name, folder):
        folder.mkdir(parents=True)
        (folder / "net.yaml").write_text(CONFIGURATIONS[name])

    def left(self, folder):
        """What a run leaves: names and bytes; the seconds of the history are left out, and the report, which has them, too
        (plummet report writes it anew from the rest)."""
        out = {}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_dir() or name in ("err", "net.yaml", "run/run.yaml", "run/report.html"):
                continue
            data = path.read_bytes()
            if name == "run/history.csv":
                data = b"\n".join(line.rpartition(b",")[0] for line in data.splitlines())
            out[name] = data
        return out

    def run_whole(self, name):
        if name not in self.whole:
            folder = self.folder / f"{name}-whole"
            self.prepare(name, folder)
            begun = time.monotonic()
            code = self.call(folder, ["net.yaml", "out=run", "threads=1"]).wait()
            if code != 0:
                sys.exit(f"{name}: the whole run ends with {code}:\n{(folder / 'err').read_text()}")
            self.whole[name] = (time.monotonic() - begun, self.left(folder))
        return self.whole[name]

    def one(self, folder, seconds):
        """Starts or resumes the run and may kill it; True when it has ended."""
        here = self.random
        options = [f"threads={here.randint(1, 4)}", f"isa={here.choice(self.sets)}"]
        resumed = (folder / "run" / "run.yaml").exists()
        process = self.call(folder, (["--resume", "run"] if resumed else ["net.yaml", "out=run"]) + options)
        if not resumed and (folder / "run").exists():
            self.begun_again += 1
        try:
            process.wait(here.uniform(0, 1.05 * seconds))
            return process.returncode == 0
        except subprocess.TimeoutExpired:
            pass
        if here.random() < 0.4:
            self.stops += 1
            process.send_signal(here.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1]))
            try:
                process.wait(here.choice([0, 0.001, 0.003, 0.01, 60]))
                return process.returncode == 0
            except subprocess.TimeoutExpired:
                pass
            if here.random() < 0.3:  # the second Ctrl-C
                process.send_signal(signal.SIGINT)
                process.wait()
                return process.returncode == 0
        process.kill()
        self.kills += 1
        process.wait()
        return False

    def trial(self, name):
        seconds, whole = self.run_whole(name)
        folder = self.folder / f"{name}-{self.trials}"
        self.prepare(name, folder)
        self.trials += 1
        for _ in range(self.random.randint(1, 3)):
            self.one(folder, seconds)
        fault = self.end(folder, whole)
        fault = fault or self.again(folder, whole)
        if fault:
            self.faults.append(f"{folder.name}: {fault}")
        else:
            shutil.rmtree(folder)

    def end(self, folder, whole):
        resumed = (folder / "run" / "run.yaml").exists()
        code = self.call(folder, ["--resume", "run"] if resumed else ["net.yaml", "out=run"]).wait()
        return f"the last run ends with {code}" if code else self.compare(folder, whole)

    def compare(self, folder, whole):
        left = self.left(folder)
        for name in sorted(set(left) | set(whole)):
            if left.get(name) != whole.get(name):
                kind = "missing" if name not in left else "too much" if name not in whole else "another one"
                return f"{name}: {kind}"
        return None

    def again(self, folder, whole):
        before = {str(p): p.stat().st_mtime_ns for p in (folder / "run").iterdir()}
        code = self.call(folder, ["--resume", "run"]).wait()
        after = {str(p): p.stat().st_mtime_ns for p in (folder / "run").iterdir()}
        if code or before != after:
            return f"the ended run is resumed with {code}, and its files change"
        return self.compare(folder, whole)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default="kills")
    parser.add_argument("--only")
    o = parser.parse_args()
    folder = Path(o.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    k = Kills(os.path.abspath(o.command), folder, o.seed)
    names = [o.only] if o.only else list(CONFIGURATIONS)
    while k.kills < o.kills:
        k.trial(names[k.trials % len(names)])
    parts = sum(1 for p in folder.rglob("*.part"))
    exact = k.trials - len(k.faults)
    print(f"{k.kills} kills and {k.stops} signals in {k.trials} trials: {exact} exact, {parts} .part files")
    for fault in k.faults:
        print(f"FAILED: {fault}")
    return 1 if k.faults or parts else 0


sys.exit(main())
