"""For which core each BLAS chose its kernels: a library that takes this CPU for an old one flatters whoever is compared."""
import os
import re
import subprocess

import peers as all_peers
import virtual
from measure import environment

TORCH = ("import torch; torch.mm(torch.ones(64, 64), torch.ones(64, 64)); print(torch.backends.cpu.get_cpu_capability());"
         "print(torch.__config__.show())")
NUMPY = ("import numpy, scipy.linalg, threadpoolctl, sklearn\n"
         "for i in threadpoolctl.threadpool_info():\n"
         "    if i['user_api'] == 'blas': print(i['internal_api'], i['version'], i['architecture'], i['filepath'].split('/')[-1])")


def said_by(*code, **more):
    got = subprocess.run([virtual.PYTHON, "-c", *code], capture_output=True, text=True, env=dict(environment(1), **more))
    return got.stdout.strip().splitlines() if got.returncode == 0 else []


def said_by_mkl(text):
    """For which processors MKL says (MKL_VERBOSE=1) that it works; "" = nothing said."""
    found = re.search(r"for Intel\(R\) 64 architecture (.*?),", text)
    return f'MKL: "{found.group(1)}"' if found else ""


def plain_blas(options, missing):
    program = all_peers.compiled(options, "blas", ["-ldl"])
    for name, path in (all_peers.blas_libraries(missing) if program else {}).items():
        got = subprocess.run([program, path, "64", "64", "64", "0.01"], capture_output=True, text=True,
                             env=dict(environment(1), MKL_VERBOSE="1"))
        core = [line[5:].strip() for line in got.stdout.splitlines() if line.startswith("CORE ")]
        yield name, said_by_mkl(got.stdout) or (core[0] if core else "does not tell")


def lines(options, missing):
    """[[who, which core]]"""
    out = [list(pair) for pair in plain_blas(options, missing)]
    if os.path.exists(virtual.PYTHON):
        seen = {}
        for line in said_by(NUMPY):
            api, version, core, name = line.split()
            seen[f"numpy, SciPy: {api} {version} ({name.split('-')[0]})"] = core
        out += [list(pair) for pair in seen.items()]
        torch = said_by(TORCH, MKL_VERBOSE="1")
        if torch:
            own = next((line for line in torch if not line.startswith("MKL_VERBOSE")), "?")
            onednn = next((line.strip(" -").partition(" (")[0] for line in torch if "MKL-DNN" in line or "oneDNN" in line), "")
            out.append(["PyTorch", "; ".join(t for t in ("own kernels: " + own, said_by_mkl("\n".join(torch)), onednn) if t)])
        jax = said_by("import jax; print(jax.__version__)", JAX_PLATFORMS="cpu")
        if jax:
            out.append(["JAX", f"XLA {jax[0]} compiles for this machine (LLVM); it does not tell which products it calls"])
    got = subprocess.run([options.program("peak"), "-", "1", "0.02"], capture_output=True, text=True)
    isa = [word[4:] for word in got.stdout.split() if word.startswith("isa=")]
    return [["plummet", isa[0] if isa else "?"]] + out
