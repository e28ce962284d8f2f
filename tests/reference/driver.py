"""The library at the other end of a pipe (driver.c), and the bookkeeping of comparisons.

The references are float64 in numpy. The library's double build must agree to 1e-9, the float32 build to 1e-5, both
relative to the size of what is compared. Batches hold numbers that float32 holds exactly, so both sides are fed the same.
"""
import os
import shlex
import subprocess
import sys

import numpy as np

rng = np.random.default_rng(42)


def f32(x):
    """Rounded to what float32 holds, as float64."""
    return np.asarray(x, np.float32).astype(np.float64)


def say(kind, **options):
    """A spec: say("adam", learning_rate=0.01, amsgrad=True) -> "adam(learning_rate=0.01, amsgrad=true)"."""
    return f"{kind}({', '.join(f'{key}={word(value)}' for key, value in options.items())})"


def word(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(word, value)) + "]"
    return value if isinstance(value, str) else repr(value)


class Failed(Exception):
    """The library refused."""


class Driver:
    def __init__(self, threads=1, seed=42, isa="-"):
        self.pipe = subprocess.Popen(shlex.split(os.environ["DRIVER"]), stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)
        self.bytes, self.threads = map(int, self.ask(f"open {threads} {seed} {isa}"))

    def ask(self, line, *numbers):
        """Sends a request and its numbers, returns the numbers or lines of the answer."""
        pipe = self.pipe
        pipe.stdin.write(line.encode() + b"\n")
        for x in numbers:
            pipe.stdin.write(np.ascontiguousarray(x, np.float64).tobytes())
        pipe.stdin.flush()
        kind, _, rest = pipe.stdout.readline().decode().rstrip("\n").partition(" ")
        if kind == "numbers":
            return np.frombuffer(pipe.stdout.read(8 * int(rest))).copy()
        if kind == "lines":
            return [pipe.stdout.readline().decode().rstrip("\n") for _ in range(int(rest))]
        raise Failed(rest or f"no answer to '{line}'")

    def close(self):
        """Ends the driver; returns its exit code."""
        self.pipe.stdin.close()
        return self.pipe.wait()

    def kinds(self, family):
        """{kind: what it can be told}"""
        return {line.split()[0]: line.split()[1:] for line in self.ask(f"kinds {family}")}

    def model(self, *layers, optimizer="sgd", loss="mean_squared_error", metrics=""):
        """Builds and compiles; the layers as specs, the first an input. Several inputs: as (name, shape)."""
        self.ask("model")
        for layer in layers:
            self.ask(f"add {layer}" if isinstance(layer, str) else f"input {layer[0]} {' '.join(map(str, layer[1]))}")
        self.ask(f"compile\n{optimizer}\n{loss}\n{metrics}")
        self.shapes = {}
        for line in self.ask("parameters"):
            name, _, *dims = line.split()
            self.shapes[name] = tuple(map(int, dims))

    def read(self, name):
        return self.ask(f"read {list(self.shapes).index(name)}").reshape(self.shapes[name])

    def write(self, name, values):
        """Sets a parameter to (float32) values; returns them."""
        values = f32(np.broadcast_to(values, self.shapes[name]))
        self.ask(f"write {list(self.shapes).index(name)}", values)
        return values

    def train(self, batches, rows=1, every=0, output=0, epoch=50):
        """One update for each batch: (inputs, targets[, weights of the rows]); so many an epoch. Returns losses, rates, [outputs] and [{parameter: values} after every so many steps]."""
        steps, weighted = len(batches), int(len(batches[0]) > 2)  # one input, one target
        every = every or steps
        flat = self.ask(f"train {steps} {rows} {every} {int(output > 0)} {weighted} {epoch}",
                        *[x for batch in batches for x in batch])
        each = 2 + rows * output
        figures = flat[:steps * each].reshape(steps, each)
        snapshots, at = [], steps * each
        for _ in range(steps // every):
            snapshots.append({})
            for name, shape in self.shapes.items():
                size = int(np.prod(shape))
                snapshots[-1][name] = flat[at:at + size].reshape(shape)
                at += size
        return figures[:, 0], figures[:, 1], figures[:, 2:].reshape(steps, rows, output), snapshots

    def forward(self, *inputs, noisy=False):
        return self.ask(f"forward {len(inputs[0])} {int(noisy)}", *inputs).reshape(len(inputs[0]), -1)

    def evaluate(self, batches):
        """Losses of the rows, and [loss, metric, ...] over all batches: (inputs ..., target[, weights])."""
        rows, weighted = len(batches[0][0]), int(len(batches[0]) > 2)
        flat = self.ask(f"evaluate {len(batches)} {rows} {weighted}", *[x for batch in batches for x in batch])
        return flat[:rows * len(batches)], flat[rows * len(batches):]


class Comparison:
    """Counts and complains; a test goes on after a fault, so that one run shows them all."""

    def __init__(self, name, driver):
        self.name, self.driver, self.faults, self.count, self.worst = name, driver, 0, 0, (0.0, "")
        self.allowed = 1e-9 if driver.bytes == 8 else 1e-5
        self.said = {}

    def complain(self, text):
        self.faults += 1
        print(f"  {text}", flush=True)

    def tell(self, family, kind, *keys):
        """A kind has a reference, with these keys."""
        self.said.setdefault(family, {}).setdefault(kind, set()).update(keys)

    def same(self, what, got, want, scale=None, allowed=None):
        """|got - want| <= allowed * scale; the scale is the largest number wanted unless it is given."""
        got, want = np.asarray(got, float), np.asarray(want, float)
        allowed = allowed or self.allowed
        self.count += 1
        if got.shape != want.shape:
            return self.complain(f"{what}: shape {got.shape}, wanted {want.shape}")
        if scale is None:
            scale = np.max(np.abs(want[np.isfinite(want)]), initial=1e-30)
        with np.errstate(invalid="ignore"):
            off = np.where((got == want) | (np.isnan(got) & np.isnan(want)), 0, np.abs(got - want) / scale)
        off = np.where(np.isnan(off), np.inf, off)
        worst = float(np.max(off, initial=0))
        if worst / allowed > self.worst[0]:
            self.worst = (worst / allowed, what)
        if worst > allowed:
            at = np.unravel_index(np.argmax(off), off.shape)
            self.complain(f"{what}: {worst:.2g} off, allowed {allowed:g}; at {tuple(map(int, at))} "
                          f"{got[at]:.10g}, wanted {want[at]:.10g}")

    def finish(self, *families, beside=()):
        """Whatever is in the registry must have been told: all kinds, and all they can be told but for `beside`."""
        for family in families:
            for kind, keys in self.driver.kinds(family).items():
                said = self.said.get(family, {})
                if kind not in said:
                    self.complain(f"{family} {kind} has no reference: give it one in {sys.argv[0]}")
                    continue
                for key in set(keys) - said[kind] - set(beside):
                    self.complain(f"{family} {kind}: no reference with {key}= said")
        if self.driver.close() != 0:
            self.complain("the driver ends with an error, see above")
        kind = "double" if self.driver.bytes == 8 else "float32"
        print(f"{self.name}, {kind}: {self.count} comparisons, the worst {self.worst[0] * 100:.2g} % of what is "
              f"allowed ({self.worst[1]}), {self.faults} faults")
        sys.exit(1 if self.faults or not self.count else 0)
