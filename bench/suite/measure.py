"""Runs programs and reads what they print; rounds in which all contenders take turns."""
import os
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Options:
    """What the command line said, and the two folders everything needs."""

    def __init__(self, rounds=7, seconds=1.0, threads=(1, 2), isa="-", only=()):
        self.rounds, self.seconds, self.threads, self.isa, self.only = rounds, seconds, list(threads), isa, list(only)
        self.build = os.path.join(ROOT, os.environ.get("BENCH_BUILD", "build/release"))
        self.data = os.environ.get("BENCH_DATA", os.path.join(tempfile.gettempdir(), "plummet-bench-data"))

    def program(self, name):
        return os.path.join(self.build, "bench", name)

    def wants(self, case):
        return not self.only or case in self.only


def make_data(options):
    if not os.path.exists(os.path.join(options.data, "y16.bin")):
        os.makedirs(options.data, exist_ok=True)
        subprocess.run([options.program("make_data"), options.data], check=True)


def environment(threads):
    """Stray settings of a BLAS cost peers a third of their speed: they go."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    return dict(kept, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))


def fields(words):
    return {k: v for k, _, v in (w.partition("=") for w in words)}


def parse(text, begun):
    """FIRST, RESULT, LAT, PEAK, PASS, READ and PRODUCT lines as one dict of numbers."""
    out = {}
    for line in text.splitlines():
        kind, *words = line.split() or [""]
        if kind == "FIRST":
            out["first"] = float(words[0]) - begun
        elif kind == "READ":
            out["read_us"] = float(fields(words)["us"])
        elif kind in ("RESULT", "LAT", "PEAK", "PASS"):
            out.update({k: float(v) for k, v in fields(words).items() if k != "isa"})
        elif kind == "PRODUCT":
            said = fields(words)
            out[said["layout"]] = float(said["gflops"])
    return out


def run(command, threads=1, extra=None):
    """One run; {} when it failed. The clock starts right before the process does."""
    env = dict(environment(threads), **(extra or {}))
    with tempfile.TemporaryFile() as out:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        if not os.environ.get("BENCH_ERRORS"):
            actions.append((os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0))
        begun = time.clock_gettime(time.CLOCK_MONOTONIC)
        pid = os.posix_spawnp(command[0], command, env, file_actions=actions)
        _, status = os.waitpid(pid, 0)
        out.seek(0)
        text = out.read().decode(errors="replace")
    return parse(text, begun) if status == 0 else {}


def peak(options, threads):
    """GFLOP/s of fused multiply-adds, now; and ns in which a cache line goes to another core and back (1 thread: none)."""
    got = run([options.program("peak"), options.isa, str(threads), "0.1"])
    return got.get("gflops", float("nan")), got.get("ns")


def with_its_cores(command, threads, extra=None):
    """A run on one thread that did not get its core is done again, twice at most."""
    got = {}
    for _ in range(3):
        got = run(command, threads, extra)
        if threads > 1 or got.get("cpu", 1) > 0.93:
            break
    return got


def take_turns(options, contenders, threads, keys):
    """contenders: [(name, command, environment)]. Returns {name: {key: [one number a round]}}; "peak" and
    "pass" are those of the round."""
    seen = {name: {k: [] for k in [*keys, "peak", "pass"]} for name, _, _ in contenders}
    for number in range(options.rounds):
        limit, passing = peak(options, threads)
        order = contenders if number % 2 == 0 else list(reversed(contenders))
        for name, command, extra in order:
            got = with_its_cores(command, threads, extra)
            for k in keys:
                if k in got:
                    seen[name][k].append(got[k])
            if any(k in got for k in keys):
                seen[name]["peak"].append(limit)
                seen[name]["pass"] += [passing] if passing is not None else []
    return seen


def median(numbers):
    return statistics.median(numbers) if numbers else float("nan")


def spread(numbers):
    return (min(numbers), max(numbers)) if numbers else (float("nan"), float("nan"))
