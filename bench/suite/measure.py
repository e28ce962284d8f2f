"""Runs programs and reads what they print; rounds in which all contenders take turns."""
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench", "peers"))


class Options:
    """What the command line said, and the two folders everything needs."""

    def __init__(self, rounds=7, seconds=1.0, threads=(1, 2), isa="-", only=(), quick=False):
        self.rounds, self.seconds, self.threads, self.isa, self.only = rounds, seconds, list(threads), isa, list(only)
        self.quick = quick
        self.load = None  # how many cores others used, on average, while a part was measured
        self.build = os.path.join(ROOT, os.environ.get("BENCH_BUILD", "build/release"))
        self.data = os.environ.get("BENCH_DATA", os.path.join(tempfile.gettempdir(), "plummet-bench-data"))

    def program(self, name):
        return os.path.join(self.build, "bench", name)

    def wants(self, case):
        return not self.only or case in self.only


def make_data(options):
    if not os.path.exists(os.path.join(options.data, "y8.bin")):
        os.makedirs(options.data, exist_ok=True)
        subprocess.run([options.program("make_data"), options.data], check=True)


def environment(threads):
    """Stray settings of a BLAS cost peers a third of their speed: they go."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    return dict(kept, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))


def cores(threads):
    """The cores on which `threads` threads are measured: the last of those that are ours."""
    return set(sorted(os.sched_getaffinity(0))[-threads:])


def fields(words):
    return {k: v for k, _, v in (w.partition("=") for w in words)}


def parse(text, begun):
    """FIRST, RESULT, LAT, OWN, PEAK, PASS, READ and PRODUCT lines as one dict of numbers."""
    out = {}
    for line in text.splitlines():
        kind, *words = line.split() or [""]
        if kind == "FIRST":
            out["first"] = float(words[0]) - begun
        elif kind == "READ":
            out["read_us"] = float(fields(words)["us"])
        elif kind in ("RESULT", "LAT", "OWN", "PEAK", "PASS"):
            out.update({k: float(v) for k, v in fields(words).items() if k != "isa"})
        elif kind == "PRODUCT":
            said = fields(words)
            out[said["layout"]] = float(said["gflops"])
    return out


def busy():
    """Seconds for which the cores were in use, by anyone, or taken from this machine; None where the system tells nothing."""
    try:
        with open("/proc/stat") as f:
            user, nice, system, _, _, irq, softirq, steal = (int(x) for x in f.readline().split()[1:9])
    except (OSError, ValueError):
        return None
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def own_time():
    """CPU seconds of this process and of those it waited for."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def run(command, threads=1, extra=None):
    """One run; {} when it failed. The clock starts right before the process does. "disturbed": others
    used the cores meanwhile (the system counts in hundredths of a second)."""
    env = dict(environment(threads), **(extra or {}))
    before = busy()
    with tempfile.TemporaryFile() as out:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        if not os.environ.get("BENCH_ERRORS"):
            actions.append((os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0))
        begun = time.clock_gettime(time.CLOCK_MONOTONIC)
        pid = os.posix_spawnp(command[0], command, env, file_actions=actions)
        _, status, used = os.wait4(pid, 0)
        elapsed = time.clock_gettime(time.CLOCK_MONOTONIC) - begun
        after = busy()
        out.seek(0)
        text = out.read().decode(errors="replace")
    if status != 0:
        return {}
    others = after - before - used.ru_utime - used.ru_stime if before is not None else 0
    return dict(parse(text, begun), others=others / elapsed, disturbed=others > 0.02 + 0.03 * elapsed, elapsed=elapsed,
                used=used.ru_utime + used.ru_stime, rss=used.ru_maxrss * 1024.0)


def bound(command, threads, extra=None):
    """A run on so many cores and no others."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores(threads))
    try:
        return run(command, threads, extra)
    finally:
        os.sched_setaffinity(0, before)


def undisturbed(command, threads, extra=None, tries=5):
    """A run that others disturbed is done again, four times at most; the least disturbed counts."""
    best = {}
    for _ in range(tries):
        got = bound(command, threads, extra)
        if not got:
            break
        best = got if not best or got["others"] < best["others"] else best
        if not got["disturbed"] and (threads > 1 or got.get("cpu", 1) > 0.93):
            return got
    return best


def peak(options, threads):
    """GFLOP/s of fused multiply-adds, now; and ns in which a cache line goes to another core and back (1 thread: none)."""
    got = undisturbed([options.program("peak"), options.isa, str(threads), "0.1"], threads)
    return got.get("gflops", float("nan")), got.get("ns")


def once(options, command, threads, extra):
    """A program is run; a server (a function) is asked. On one thread a rate is told per second of CPU, so that what others
    take of the core does not count."""
    if callable(command):
        got = command()
    else:
        got = undisturbed(command, threads, extra, 1 if options.quick else 5)
    if threads == 1 and got.get("cpu", 0) > 0 and "sps" in got:
        got["sps"] /= got["cpu"]
    return got


def take_turns(options, contenders, threads, keys):
    """contenders: [(name, command or function, environment)]. Returns {name: {key: [one number a round]}}; "peak" and
    "pass" are those of the round. A contender that fails in the first round is not asked again."""
    seen = {name: {k: [] for k in [*keys, "peak", "pass"]} for name, _, _ in contenders}
    for number in range(options.rounds):
        limit, passing = peak(options, threads)
        order = contenders if number % 2 == 0 else list(reversed(contenders))
        for name, command, extra in order:
            if number > 0 and not seen[name]["peak"]:
                continue
            got = once(options, command, threads, extra)
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
