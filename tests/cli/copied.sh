#!/bin/sh
# The folder of a run that was copied: its data is found from the current folder.
. tests/cli/common

awk 'BEGIN { print "a,y"; for (i = 0; i < 20; i++) print i % 7 "," i % 3 }' > boxes.csv
printf '%s\n' "data: csv('boxes.csv', target=y) | batch(4)" 'test: split(0.2)' 'model: [dense(1)]' 'epochs: 1' > boxes.yaml
run train boxes.yaml -q
is 'the run' "$code" 0
cp -r runs/boxes-0001 rb
for arguments in 'train --resume rb epochs=2' 'evaluate rb' 'train --resume rb epochs=3'; do
    # shellcheck disable=SC2086 # words
    run $arguments
    is "$arguments" "$code" 0
done
cp -r runs/boxes-0001 rb2
run evaluate rb2
is 'another copy' "$code" 0
has 'another copy' "$err" 'in the current folder is used'
run train --resume runs/boxes-0001 epochs=2
is 'the run itself' "$code" 0
lacks 'the run itself' "$err" 'current folder'

# ---- a folder where a run file belongs ----
for folder in runs/boxes-0001 runs/boxes-0001/; do
    run train $folder
    is "train $folder" "$code" 2
    has "train $folder" "$err" "continue it: --resume $folder"
done
run -v
has '-v' "$err" 'did you mean --version?'
run resume runs/boxes-0001
has 'resume' "$err" 'train --resume RUNDIR'
run version
has 'version' "$err" 'plummet --version'
run describe layer dense
has 'describe: the shape of the input' "$out" 'after <- comes the shape of the input'
finish
