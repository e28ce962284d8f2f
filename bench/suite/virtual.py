"""The peers of today: a virtual environment with PyTorch, JAX, Keras, scikit-learn and MKL from Python's package index.

It is made once, in BENCH_VENV (default build/bench/venv). PyTorch's wheel for Linux brings CUDA along: 6 GB and some four
minutes, so it is a step of its own. A package that cannot be had is told and left out, the others are measured."""
import json
import os
import subprocess
import sys

from measure import ROOT

FOLDER = os.environ.get("BENCH_VENV", os.path.join(ROOT, "build", "bench", "venv"))
PYTHON = os.path.join(FOLDER, "bin", "python")
STEPS = [["scikit-learn", "pandas", "threadpoolctl"], ["jax", "keras"], ["mkl", "mkl-include"], ["torch"]]
SHOWN = ["torch", "jax", "keras", "scikit-learn", "pandas", "numpy", "mkl"]

# Prints {"versions": {package: version}, "bytes": installed bytes of all of them and what they need} as JSON.
LOOK = r"""
import importlib.metadata as m, json, os, re, sys
def needs(name, seen):
    key = re.sub(r"[-_.]+", "-", name).lower()
    try:
        dist = m.distribution(name)
    except m.PackageNotFoundError:
        return seen
    if key in seen:
        return seen
    seen[key] = dist
    for said in dist.requires or []:
        if "extra ==" not in said:
            needs(re.match(r"[A-Za-z0-9._-]+", said).group(0), seen)
    return seen
def size(dist):
    total = 0
    for f in dist.files or []:
        try:
            total += os.stat(f.locate()).st_size
        except OSError:
            pass
    return total
every, versions = {}, {}
for name in sys.argv[1:]:
    try:
        versions[name] = m.version(name)
        needs(name, every)
    except m.PackageNotFoundError:
        pass
print(json.dumps({"versions": versions, "bytes": sum(size(d) for d in every.values())}))
"""


def make():
    """Makes the environment and installs what is missing in it; returns what could not be had."""
    missing = []
    if not os.path.exists(PYTHON):
        got = subprocess.run([sys.executable, "-m", "venv", FOLDER], capture_output=True, text=True)
        if got.returncode != 0:
            return ["today's peers: no virtual environment could be made: " + (got.stdout + got.stderr).strip()[-200:]]
    for packages in STEPS:
        have = look(packages)["versions"]
        wanted = [p for p in packages if p not in have]
        if not wanted:
            continue
        print(f"installing {' '.join(wanted)} in {FOLDER} ...", flush=True)
        got = subprocess.run([os.path.join(FOLDER, "bin", "pip"), "install", "-q", *wanted], capture_output=True, text=True)
        if got.returncode != 0:
            lines = got.stderr.strip().splitlines() or ["pip failed"]
            missing.append(f"{' '.join(wanted)} (Python's package index: {lines[-1][:120]})")
    return missing


def look(packages):
    if not os.path.exists(PYTHON):
        return {"versions": {}, "bytes": 0}
    got = subprocess.run([PYTHON, "-c", LOOK, *packages], capture_output=True, text=True)
    return json.loads(got.stdout) if got.returncode == 0 else {"versions": {}, "bytes": 0}


def mkl():
    """MKL's library and header folder in the environment, or None."""
    library = [os.path.join(FOLDER, "lib", f"libmkl_rt.so.{n}") for n in (3, 2)]
    found = [path for path in library if os.path.exists(path)]
    return (found[0], os.path.join(FOLDER, "include")) if found else None


def openblas():
    """The OpenBLAS that SciPy's wheel carries, with 32-bit sizes, or None."""
    import glob
    found = sorted(glob.glob(os.path.join(FOLDER, "lib", "python*", "site-packages", "scipy.libs", "libscipy_openblas-*.so")))
    return found[0] if found else None
