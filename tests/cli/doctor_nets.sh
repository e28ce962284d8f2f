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
# all thresholds times five factors
PLUMMET=$plummet python3 "$root/bench/doctor/run" --half calibration --seeds 1 --sweep 'relu2 moons' > "$out" 2>&1
is 'bench/doctor/run --sweep' $? 0
is 'factors of a sweep' "$(grep -cE '^ +(0\.25|0\.5|1|2|4) ' "$out")" 5
finish
