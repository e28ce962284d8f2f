"""Which other libraries this machine has, and how they are called. Each runs as
    command... WORKLOAD THREADS MODE SECS DATADIR [first]
and prints FIRST, RESULT and LAT lines like plummet-bench."""
import glob
import os
import re
import subprocess
import sys

import virtual
from measure import ROOT
from servers import Server

HERE = os.path.join(ROOT, "bench", "peers")
OPENMP_BLAS = "/usr/lib/*/openblas-openmp"
PTHREAD_BLAS = "/usr/lib/*/openblas-pthread"


class Peer:
    def __init__(self, name, command, about, mode="-", extra=None, threads=None):
        self.name, self.command, self.about, self.mode = name, command, about, mode
        self.extra, self.threads = extra or {}, threads

    def call(self, options, work, threads, first=False):
        last = ["first"] if first else []
        return self.command + [work, str(threads), self.mode, str(options.seconds), options.data] + last

    def does(self, work):
        """Programs in C know W1 to W5 only."""
        return work in ("W1", "W2", "W3", "W4", "W5")

    def contender(self, options, work, threads):
        """(name, what take_turns runs, environment)"""
        return self.name, self.call(options, work, threads), self.extra

    def used(self):
        """CPU seconds of what stays between runs."""
        return 0.0

    def stop(self):
        """Ends what stays between runs."""


class PythonPeer(Peer):
    """A driver in Python, which stays between runs: importing takes seconds."""

    servers = None

    def does(self, work):
        return True

    def contender(self, options, work, threads):
        self.servers = self.servers or {}
        if threads not in self.servers:
            self.servers[threads] = Server([*self.command, self.mode], threads, options.data, self.extra)
        return self.name, lambda: self.servers[threads].ask(work, options.seconds), self.extra

    def used(self):
        return sum(server.used() for server in (self.servers or {}).values())

    def stop(self):
        for server in (self.servers or {}).values():
            server.stop()
        self.servers = None


def folder(pattern):
    found = sorted(glob.glob(pattern))
    return found[0] if found else None


def blas_version(path):
    real = os.path.realpath(os.path.join(path, "libopenblas.so.0"))
    number = re.search(r"r(\d+\.\d+\.\d+)", real)
    return "OpenBLAS " + (number.group(1) if number else "?") + " " + os.path.basename(path).partition("-")[2]


def python_peers(missing):
    """Today's PyTorch, JAX and scikit-learn of the virtual environment."""
    have = virtual.look(virtual.SHOWN)["versions"]
    known = [("PyTorch", "torch", "pytorch.py", "fused", "eager, fused optimizer; the same arithmetic"),
             ("JAX, scan", "jax", "jax_scan.py", "scan", "many steps in one lax.scan, its strongest form; the same arithmetic"),
             ("JAX, step", "jax", "jax_scan.py", "step", "one jitted step a call; the same arithmetic"),
             ("scikit-learn", "scikit-learn", "scikit_learn.py", "-", "ReLU for ELU; nets of dense layers only")]
    out = []
    for name, package, driver, mode, about in known:
        if package in have:
            out.append(PythonPeer(name, [virtual.PYTHON, os.path.join(HERE, driver)], f"{package} {have[package]}: {about}", mode))
        else:
            missing.append(f"{name} (package {package}: bench/run --peers installs it)")
    return out


def compiled(options, name, libraries, program=None):
    """Builds bench/peers/NAME.c beside the other bench programs; None when it cannot be."""
    program = os.path.join(options.build, "bench", "peer_" + (program or name))
    command = [os.environ.get("CC", "cc"), "-O2", "-std=gnu11", os.path.join(HERE, name + ".c"), "-o", program, *libraries]
    got = subprocess.run(command, capture_output=True, text=True)
    if got.returncode != 0 and os.environ.get("BENCH_ERRORS"):
        print(got.stderr, file=sys.stderr)
    return program if got.returncode == 0 else None


def fann(options, missing):
    program = compiled(options, "fann", ["-lfloatfann", "-lm"])
    if not program:
        missing.append("FANN (Debian: libfann-dev)")
        return []
    return [Peer("FANN", [program], "FANN 2.2: sigmoids, squared error, an update after every row; one thread",
                 threads=lambda t: t == 1)]


def commit(path):
    got = subprocess.run(["git", "-C", path, "describe", "--always", "--tags"], capture_output=True, text=True)
    return " " + got.stdout.strip() if got.returncode == 0 else ""


def blas_choices(options, missing):
    """What KANN and ggml are linked with: [(name, flags of the compiler, {threads: environment})]: MKL of the virtual
    environment, and the distribution's OpenBLAS. KANN splits the batch, so its BLAS has one thread."""
    out, pthread, openmp = [], folder(PTHREAD_BLAS), folder(OPENMP_BLAS)
    mkl = virtual.mkl()
    if mkl:
        shim = os.path.join(options.build, "bench", "mkl")
        os.makedirs(shim, exist_ok=True)
        with open(os.path.join(shim, "cblas.h"), "w") as f:
            f.write("#include <mkl_cblas.h>\n")
        where = os.path.dirname(mkl[0])
        out.append(("MKL", ["-I" + shim, "-I" + mkl[1], mkl[0], "-Wl,-rpath," + where], {"LD_LIBRARY_PATH": where}, {}))
    if pthread:
        out.append(("OpenBLAS", ["-lopenblas"], {"LD_LIBRARY_PATH": pthread}, {"LD_LIBRARY_PATH": openmp or pthread}))
    if not out:
        missing.append("MKL (package mkl: bench/run --peers) and OpenBLAS (Debian: libopenblas-pthread-dev) for KANN and ggml")
    return out


def with_blas(options, missing, name, source, libraries, about):
    """A peer whose own source is in the folder that BENCH_NAME says, once for each BLAS."""
    if not source:
        missing.append(f"{name} (bench/peers/README.md)")
        return []
    out = []
    for blas, flags, one, many in blas_choices(options, missing):
        program = compiled(options, name.lower(), libraries + flags + ["-lm", "-lpthread"], f"{name}_{blas}".lower())
        if not program:
            missing.append(f"{name} + {blas}: bench/peers/{name.lower()}.c does not build with {source} (BENCH_ERRORS=1)")
            continue
        many = dict(one, **many)
        if name == "KANN":
            many.update(OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
        said = f"{name}{commit(source)} with {blas}; {about}"
        out += [Peer(f"{name} + {blas}", [program], said, extra=one, threads=lambda t: t == 1),
                Peer(f"{name} + {blas}", [program], said, extra=many, threads=lambda t: t > 1)]
    return out


def kann(options, missing):
    source = os.environ.get("BENCH_KANN", "")
    flags = ["-O3", "-march=native", "-ffast-math", "-w", "-DHAVE_PTHREAD", "-DHAVE_CBLAS", "-I" + source]
    code = [os.path.join(source, name) for name in ("kann.c", "kautodiff.c")]
    return with_blas(options, missing, "KANN", source, flags + code,
                     "ReLU for ELU, RMSprop for momentum and Adam; threads split the batch, each with a BLAS of one thread")


def ggml(options, missing):
    source = os.environ.get("BENCH_GGML", "")
    libraries = ["-I" + os.path.join(source, "include")]
    libraries += ["-L" + os.path.join(source, "build", *below) for below in (["src"], ["src", "ggml-blas"])]
    libraries += ["-l" + name for name in ("ggml", "ggml-blas", "ggml-cpu", "ggml-base")]
    return with_blas(options, missing, "ggml", source, libraries + ["-fopenmp", "-lstdc++"],
                     "ReLU for ELU, SGD without momentum for momentum, AdamW for Adam")


def extra_peers():
    """PEERS_EXTRA="name=command ...;name2=command2": a command of several words ends in its MODE; of one word: "-".
    A name may end in "@1" or "@2": only for so many threads. What follows "#" is told about it in the results."""
    out = []
    for said in os.environ.get("PEERS_EXTRA", "").split(";"):
        name, equals, rest = said.partition("=")
        if not equals:
            continue
        call, _, about = rest.partition("#")
        words = call.split()
        mode = words.pop() if len(words) > 1 else "-"
        name, _, only = name.strip().partition("@")
        number = int(only) if only else None
        out.append(Peer(name, words, about.strip() or "given by PEERS_EXTRA", mode,
                        threads=(lambda t, n=number: t == n) if number else None))
    return out


def find(options, missing):
    return (python_peers(missing) + fann(options, missing) + kann(options, missing) + ggml(options, missing) +
            extra_peers())


def blas_libraries(missing):
    """For matrix products by themselves: {name: path}."""
    out, have = {}, virtual.look(["mkl", "scipy"])["versions"]
    if virtual.mkl():
        out["MKL " + have.get("mkl", "?")] = virtual.mkl()[0]
    if virtual.openblas():
        out["OpenBLAS of SciPy " + have.get("scipy", "?")] = virtual.openblas()
    for pattern in (PTHREAD_BLAS, OPENMP_BLAS):
        path = folder(pattern)
        if path:
            out[blas_version(path)] = os.path.join(path, "libopenblas.so.0")
    for path in glob.glob("/usr/lib/*/blis-openmp/libblis.so.4"):
        out["BLIS, OpenMP"] = path
    if not folder(PTHREAD_BLAS):
        missing.append("the distribution's OpenBLAS for single products (Debian: libopenblas0-pthread, libopenblas0-openmp)")
    return out
