"""What is measured. A part is a function of (options, peers, missing) that gives {case: result}; a result has "threads"
and "who": {contender: {key: [one number a round]}}."""
import os
import signal
import subprocess
import tempfile

import cores as all_cores
import peers as all_peers
import whole as whole_processes
from figures import LESS_THREADS
from measure import environment, run, take_turns
from workloads import NETS, plummet

WORKLOADS = [work for work in NETS if work[0] == "W"]
VARIANTS = ["W2", "W2+batch_norm", "W2+batch_norm_before", "W2+dropout", "W2+global_clipnorm", "W2+adamw"]
WIDTHS = [64, 128, 256, 512, 1024, 2048, 4096]
DEPTHS = [2, 5, 10, 20, 50, 100, 200]
BATCHES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
PRODUCT = ["512", "4096", "4096"]


def ours(options, work, threads, isa=None, seconds=None, first=False):
    last = ["first"] if first else []
    return [options.program("plummet-bench"), work, str(threads), isa or options.isa,
            str(seconds or options.seconds), options.data] + last


def result(threads, seen):
    return {"threads": threads, "who": seen}


def against_peers(options, peers, missing, works):
    """Each net on each number of threads, beside all peers that can do it."""
    out = {}
    for t in options.threads:
        for work in filter(options.wants, works):
            text = plummet(NETS[work])
            contenders = [("plummet", ours(options, text, t), None)]
            contenders += [(LESS_THREADS, ours(options, text, 1), None)] if t > 1 else []
            contenders += [p.contender(options, work, t) for p in peers if p.does(work) and (not p.threads or p.threads(t))]
            seen = take_turns(options, contenders, t, ["sps", "cpu", "l0", "l1", "others", "own", "used"])
            for who in seen.values():
                who["flop"] = [float(NETS[work].flop())] * len(who["sps"])
            out[f"{work}, {t}"] = result(t, seen)
    return out


BY_NETS = {"workloads": WORKLOADS, "further": [work for work in NETS if work not in WORKLOADS],
           "whole": [*whole_processes.TASKS, "sizes"]}
OWN_NETS = ("variants", "width", "depth", "batch")  # parts whose contenders are nets of ours, some of which --only may name


def workloads(options, peers, missing):
    return against_peers(options, peers, missing, BY_NETS["workloads"])


def further(options, peers, missing):
    return against_peers(options, peers, missing, BY_NETS["further"])


def nets(options, works, name):
    """Several nets of ours in turn, for each number of threads."""
    out = {}
    for t in options.threads:
        contenders = [(name(w), ours(options, w, t), None) for w in works if options.wants(str(name(w)))]
        if contenders:
            out[str(t)] = result(t, take_turns(options, contenders, t, ["sps", "flop", "l0", "l1"]))
    return out


def variants(options, peers, missing):
    return nets(options, VARIANTS, lambda w: w)


def width(options, peers, missing):
    return nets(options, [f"{w}-{w}*3-10:128" for w in WIDTHS], lambda w: int(w.split("-")[0]))


def depth(options, peers, missing):
    return nets(options, [f"784-100*{d}-10:32" for d in DEPTHS], lambda w: int(w.split("*")[1].split("-")[0]))


def batch(options, peers, missing):
    return nets(options, [f"784-300-100-10:{b}" for b in BATCHES], lambda w: int(w.split(":")[1]))


def products(options, peers, missing):
    out = {}
    blas = all_peers.compiled(options, "blas", ["-ldl"])
    libraries = all_peers.blas_libraries(missing) if blas else {}
    for t in options.threads:
        contenders = [("plummet", [options.program("products"), *PRODUCT, str(t), options.isa, str(options.seconds)], None)]
        contenders += [(name, [blas, path, *PRODUCT, str(options.seconds)], None) for name, path in libraries.items()]
        out[str(t)] = result(t, take_turns(options, contenders, t, ["NN", "NT", "TN"]))
    return out


def row(options, peers, missing):
    """One row through W1's net, beside the time to read its weights once."""
    weights = 4 * (784 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10)
    contenders = [("plummet", ours(options, "W1", 1, seconds=0.1), None),
                  ("reading", [options.program("peak"), options.isa, "1", "0.02", str(weights)], None)]
    short = type(options)(options.rounds, 0.1, options.threads, options.isa)
    contenders += [(p.name, p.call(short, "W1", 1), p.extra) for p in peers if not p.threads or p.threads(1)]
    return {"W1": result(1, take_turns(options, contenders, 1, ["us", "read_us"]))}


def start(options, peers, missing):
    """Process start to the end of the first step, on one batch made in memory."""
    out = {}
    for work in ("W1", "W4"):
        contenders = [("plummet", ours(options, work, 1, first=True), None),
                      ("plummet, all cores", ours(options, work, 0, first=True), None)]
        contenders += [(p.name, p.call(options, work, 1, first=True), p.extra)
                       for p in peers if not p.threads or p.threads(1)]
        out[work] = result(1, take_turns(options, contenders, 1, ["first"]))
    return out


def busy(options, peers, missing):
    """W1 on two threads against one, while something else keeps two cores busy: a training of ours on two threads, and
    two loops that do nothing else."""
    spin = [options.program("peak"), "-", "2", "3600"]
    loads = {"another training on 2 threads": ours(options, "W1", 2, seconds=3600), "a busy loop on each of 2 cores": spin}
    out = {}
    for name, command in loads.items():
        load = subprocess.Popen(command, env=environment(2), stdout=subprocess.DEVNULL)
        try:
            seen = {f"{t} thread{'s' * (t > 1)}": {"sps": [], "flop": []} for t in (1, 2)}
            for _ in range(options.rounds):
                for t, who in zip((1, 2), seen):
                    got = run(ours(options, "W1", t), t)
                    for k in ("sps", "flop"):
                        seen[who][k] += [got[k]] if k in got else []
        finally:
            load.send_signal(signal.SIGKILL)
            load.wait()
        out[name] = result(2, seen)
    return out


def isa(options, peers, missing):
    """Every workload with each instruction set of this machine that has a peak."""
    out = {}
    sets = [name for name in ("avx512", "avx2", "neon") if run([options.program("peak"), name, "1", "0.01"])]
    if len(sets) < 2:
        missing.append("instruction sets against one another: this machine has one")
    for work in filter(options.wants, WORKLOADS):
        for t in options.threads:
            contenders = [(name, ours(options, work, t, isa=name), None) for name in sets]
            out[f"{work}, {t}"] = result(t, take_turns(options, contenders, t, ["sps", "flop"]))
    return out


NUMBERS = ("rate", "rate_low", "rate_high", "share", "share_low", "share_high")


def table_of_kernels(options, threads, missing):
    """What the program bench/kernels writes: medians and quartiles of its own rounds."""
    command = [options.program("kernels"), "-r", str(options.rounds), "-t", str(threads)]
    with tempfile.NamedTemporaryFile("r") as out:
        command += ["-o", out.name] + ([] if options.isa == "-" else [options.isa])
        got = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if got.returncode != 0:
            missing.append(f"single kernels on {threads} threads: " + got.stderr.strip())
            return []
        head, *lines = [line.rstrip("\n").split("\t") for line in out]
    rows = [dict(zip(head, line)) for line in lines]
    return [dict(r, threads=threads, **{k: float(r[k]) for k in NUMBERS}) for r in rows]


def kernels(options, peers, missing):
    return {"rows": [row for t in options.threads for row in table_of_kernels(options, t, missing)]}


def gather(options, peers, missing):
    """The program bench/gather, whose lines are kept as they are: medians of its own rounds."""
    got = subprocess.run([options.program("gather")], capture_output=True, text=True)
    return {"lines": [line.rstrip() for line in got.stdout.splitlines()]}


def cores(options, peers, missing):
    return {"lines": all_cores.lines(options, missing)}


def whole(options, peers, missing):
    """From a file to a saved model, the start of the process included."""
    return whole_processes.measure(options, missing)


PARTS = {f.__name__: f for f in (cores, whole, workloads, further, variants, products, row, start, busy, isa, kernels, width, depth, batch, gather)}
