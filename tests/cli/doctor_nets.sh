#!/bin/sh
# A part of the benchmark of the doctor (bench/doctor): nine tenths of the trainings with a fault that does harm are found, and
# no healthy training has an error.
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
python3 -c '' 2> /dev/null || exit 77
PLUMMET=$plummet python3 "$root/bench/doctor/run" --quick > "$out" 2>&1
is 'bench/doctor/run --quick' $? 0
cat "$out"
finish
