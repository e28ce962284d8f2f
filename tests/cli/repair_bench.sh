#!/bin/sh
# How often repairs are right: the benchmark bench/doctor/repair in short.
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
python3 -c '' 2> /dev/null || exit 77
PLUMMET=$plummet python3 "$root/bench/doctor/repair" --quick > "$out" 2>&1
is 'bench/doctor/repair --quick' $? 0
cat "$out"
finish
