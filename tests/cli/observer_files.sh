#!/bin/sh
# Files of observers: never those of the run itself, never one file of two observers, never a file that was there.
. tests/cli/common

i=0
{ echo a,b,y; while [ $i -lt 20 ]; do echo "$i,$((20 - i)),$((2 * i + 1))"; i=$((i + 1)); done; } > rows.csv
cat > net.yaml <<'END'
data: csv(rows.csv) | batch(8)
model: [normalization, dense(1)]
loss: mse
epochs: 2
END

for file in run.yaml history.csv .lock ./history.csv .//run.yaml .before; do
    run train net.yaml -q out=own "observers=csv_logger('$file')"
    is "csv_logger('$file')" "$code" 2
    has "csv_logger('$file')" "$err" 'a file of the run itself'
    run train net.yaml -q out=own "observers=step_logger('$file')"
    is "step_logger('$file')" "$code" 2
done
for file in model.safetensors checkpoint.safetensors; do
    run train net.yaml -q out=own "observers=checkpoint('$file')"
    is "checkpoint('$file')" "$code" 2
done
is 'no folder is left' "$(ls -d own 2> /dev/null)" ''
run train net.yaml -q out=own "observers=checkpoint('checkpoint-{epoch}.safetensors')"
is 'numbered checkpoints' "$code $(find own -name 'checkpoint-*' | wc -l | tr -d ' ')" '0 2'

run train net.yaml -q out=twice "observers=csv_logger('log.csv'), step_logger('./log.csv')"
is 'two observers, one file' "$code" 2
has 'two observers, one file' "$err" 'two observers write the same file'

mkdir there
for observer in "step_logger" "checkpoint('steps.csv')" "csv_logger('steps.csv')"; do
    echo 'my notes' > there/steps.csv
    run train net.yaml -q out=there "observers=$observer"
    is "$observer, and the file is there" "$code $(cat there/steps.csv)" '2 my notes'
    is "$observer: nothing else is written" "$(ls -A there)" steps.csv
done
run train net.yaml -q out=there "observers=csv_logger('steps.csv', append=true)"
is 'what is appended to stays' "$code $(head -n 1 there/steps.csv) $(wc -l < there/steps.csv)" '0 my notes 3'
run train net.yaml -q out=there "observers=csv_logger('steps.csv')" overwrite=true
is 'overwrite=true' "$code $(wc -l < there/steps.csv)" '0 3'
run train --resume there epochs=3 -q
is 'a resumed run goes on with its files' "$code $(wc -l < there/steps.csv)" '0 4'

# ---- tables whose name is hidden: the run has a name ----
cp rows.csv .csv
cp rows.csv .hidden.csv
run train .csv target=y epochs=1 -q
is '.csv' "$code $(ls runs)" '0 csv-0001'
run evaluate runs/csv-0001
is '.csv: evaluate' "$code" 0
run train .hidden.csv target=y epochs=1 -q
is '.hidden.csv' "$code $(ls runs | tail -n 1)" '0 hidden-0001'
cp net.yaml .yaml
run train .yaml -q
is '.yaml' "$code $(ls runs | tail -n 1)" '0 yaml-0001'
finish
