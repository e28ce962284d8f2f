#!/bin/sh
# Model files as another program sees them: Python, from the published layout alone and without any library of ours,
# reads a model and predicts with it; and writes one by hand, which the command predicts with.
command -v python3 >/dev/null 2>&1 || { echo 'skipped: no python3'; exit 77; }
. tests/cli/common
check=$root/tests/cli/safetensors.py

run train digits epochs=1 seed=5 out=run -q
is 'train' "$code" 0
python3 "$check" rows 64 16 12 >rows.csv
run predict run rows.csv
is 'predict' "$code" 0
cp "$out" answers.csv
run_check()
{
    python3 "$check" "$@" >report 2>&1
    is "python $1" "$?" 0
    [ ! -s report ] || sed 's/^/    /' report
}
run_check predict run/model.safetensors rows.csv answers.csv

# by hand: other types, another order of keys, tensors not sorted, metadata last
run_check write hand.safetensors
python3 "$check" rows 3 4 7 >small.csv
run predict hand.safetensors small.csv
is 'predict by hand' "$code" 0
cp "$out" answers.csv
run_check predict hand.safetensors small.csv answers.csv
finish
