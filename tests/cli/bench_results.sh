#!/bin/sh
# The figures of bench/run in results/MACHINE.json: a case that is measured again loses the rows of peers that are missing
# now, so that no ratio compares two runs; part of a part that was asked for leaves the rest as it was.
set -eu
command -v python3 >/dev/null || exit 77
cd "$(dirname "$0")/../../bench/suite"
PYTHONDONTWRITEBYTECODE=1 python3 - <<'END'
import sys

sys.path.insert(0, "../peers")
import figures
import machine


def note(commit, date):
    return {"commit": commit, "date": date, "load": 0.0, "missing": []}


def seen(*names):
    return {name: {"sps": [1.0]} for name in names}


kept = {}
machine.merge(kept, "workloads", {"W2, 1": {"who": seen("plummet")}, "W1, 1": {"who": seen("plummet", "ggml")}}, note("a", "1"))
machine.merge(kept, "workloads", {"W1, 1": {"who": seen("plummet", "JAX")}}, note("b", "2"))
cases = figures.cases_of(kept, "workloads")
assert list(cases) == ["W1, 1", "W2, 1"], "nets are in the order of their table"
assert sorted(cases["W1, 1"]["who"]) == ["JAX", "plummet"], "no row of an older run"
assert cases["W1, 1"]["commit"] == "b" and cases["W2, 1"]["commit"] == "a"

machine.merge(kept, "width", {"1": {"who": seen("64", "128")}}, note("a", "1"))
machine.merge(kept, "width", {"1": {"who": {"64": {"sps": [2.0]}}}}, note("b", "2"), partial=True)
who = kept["parts"]["width"]["cases"]["1"]["who"]
assert who["64"]["sps"] == [2.0] and who["128"]["sps"] == [1.0], "the rest of the curve stays"
END
