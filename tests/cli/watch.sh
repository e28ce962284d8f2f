#!/bin/sh
# train --watch: heat maps of the layers, redrawn in place on a terminal, printed once elsewhere.
. tests/cli/common
run train digits --watch epochs=2 out=piped
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
is 'a pipe: maps' "$(grep -c '^ *gradient  *update$' "$err")" 1
has 'a pipe: layers' "$err" '^dense_2  *[-+=~*]'
lacks 'a pipe: a layer without numbers' "$err" '^rescaling'
has 'a pipe: steps' "$err" '^step  *1  *151  *1  *151$'
has 'a pipe: legend' "$err" '1e-9  .:-~=+\*%#@ 10 '
is 'a pipe: no sequence' "$(grep -c "$(printf '\033')" "$err")" 0
has 'the doctor watches' piped/run.yaml '^doctor: true$'
has 'the doctor watches' piped/readings.csv '^step,epoch,loss'
run train digits --watch epochs=2 out=quiet -q
is 'quiet' "$code $(cat "$err")" '0 '
run train digits --watch doctor=false out=no
is 'doctor=false' "$code" 2
has 'doctor=false' "$err" 'hint: remove the option --watch, or remove doctor: false from the run file'
run train digits epochs=1 out=later -q
run train --resume later --watch epochs=2
is 'resumed' "$code" 0
has 'resumed' "$err" '^step  *101  *151'
run train digits epochs=2 out=plain -q
is 'the same model' "$(cmp plain/model.safetensors piped/model.safetensors && echo same)" same
run train digits --watch epochs=1 out=nan 'optimizer=sgd(1e30)'
is 'not finite' "$code" 4
has 'not finite' "$err" '^!: a value is not finite$'

run doctor piped --watch
is 'doctor RUN' "$code" 0
is 'doctor RUN: maps' "$(grep -c '^ *gradient  *update$' "$out")" 1
has 'doctor RUN: steps' "$out" '^step  *1  *151  *1  *151$'
run doctor digits --watch
has 'doctor RUNFILE' "$out" '^dense_2  *[-+=~*]'
run doctor digits --static --watch
lacks 'nothing measured' "$out" 'gradient  *update'

command -v python3 > /dev/null || { echo 'no python3: no terminal'; finish; }
python3 -c 'import pty; pty.openpty()' 2> /dev/null || { echo 'no terminals can be made here'; finish; }
cat > deep.yaml <<'YAML'
data: digits | shuffle | batch(32)
test: split(0.2, shuffle=true)
model:
  - rescaling(1/16)
  - 20 * dense(40, activation=selu, kernel_initializer=lecun_normal)
  - dense(10, activation=softmax)
optimizer: sgd(0.05)
loss: sparse_categorical_crossentropy
metrics: [accuracy]
epochs: 12
YAML
for size in '80 24' '40 24' '40 12' '33 9'; do
    python3 "$root/tests/cli/watch.py" $size "$plummet" train deep.yaml --watch out=seen overwrite=true > "$out"
    is "$size" $? 0
    lacks "$size" "$out" '^FAULT'
    is "$size: one map stays" "$(grep -c '^[0-9of ]*  *gradient  *update' "$out")" 1
    has "$size: it is redrawn" "$out" '^up: [0-9]*[0-9]$'
    lacks "$size: it is redrawn" "$out" '^up: [0-9]$'
done
has 'rows that fit' "$out" '^[0-9]* of 21 '
COLOUR=1 python3 "$root/tests/cli/watch.py" 80 24 "$plummet" train deep.yaml --watch out=seen overwrite=true > "$out"
lacks 'with colour' "$out" '^FAULT'
finish
