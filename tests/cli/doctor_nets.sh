#!/bin/sh
# The doctor on nets that are known to be healthy or faulty (bench/doctor): every fault of the built-in tables is found, and
# no healthy net has an error.
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
python3 -c '' 2> /dev/null || exit 77
PLUMMET=$plummet python3 "$root/bench/doctor/run" --quick > "$out" 2>&1
is 'bench/doctor/run --quick' $? 0
cat "$out"
finish
