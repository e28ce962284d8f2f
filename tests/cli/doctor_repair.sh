#!/bin/sh
# plummet doctor --repair, doctor=repair in a training, and --overfit-one-batch. How often repairs are right is measured by
# bench/doctor/repair, whose short form is repair_bench.sh.
. tests/cli/common

# status FILE: how the repair of a JSON object ended
status()
{
    sed -n 's/.*"repair":{"status":"\([a-z_]*\)".*/\1/p' "$1"
}

run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
high='optimizer=sgd(3, momentum=0.9)'

# ---- a fault that can be mended ----
run doctor digits "$high" --repair -o better.yaml threads=1 isa=plain
is 'repair: exit code' "$code" 0
has 'the finding comes first' "$out" '^error\[S305\]'
has 'proven' "$out" '^repair of S305: proven$'
has 'its interval' "$out" 'gain 0\.[0-9]*, 95 % interval 0\.[0-9]* to 0\.[0-9]*: 3 pairs of [0-9]* steps'
has 'what to do next' "$out" '^next: plummet train better.yaml$'
has 'a comment at the change' better.yaml '^# repaired S305: .*; was sgd(3, momentum=0.9)$'
has 'the record' better.proof.json '"repair":{"status":"proven","run":"better.yaml","metric":"accuracy"'
has 'its reason' better.proof.json '"changes":\[{"why":"[a-z][^"]*","set":{"optimizer":'
has 'its curve' better.proof.json '"curve":\[[0-9]'
mkdir again
run doctor digits "$high" --repair -o again/better.yaml threads=3
sed 's|again/||' again/better.proof.json > again.json
cmp -s better.proof.json again.json || fail 'the proof depends on threads or instruction set'
run train better.yaml epochs=5 -q out=mended
is 'the repaired run trains' "$code" 0
run doctor better.yaml --fail-on warning
is 'the repaired run is healthy' "$code" 0

# ---- several layers at fault, in lines of their own; two faults ----
cat > deep.yaml <<'END'
data: digits | shuffle | batch(32)
model:
  - rescaling(1/16)
  - dense(50, activation=sigmoid)
  - 3 * dense(40, activation=sigmoid) | dropout(0.1)
  - dense(30, activation=sigmoid, name=last)
  - dense(10, activation=softmax)
optimizer: sgd(0.1)
epochs: 40
END
run doctor deep.yaml --repair
has 'all layers' deep-repaired.yaml '^  - 3 \* dense(40, activation=[a-z]*, kernel_initializer=[a-z_]*) | dropout(0.1)$'
is 'no sigmoid is left' "$(grep -v '#' deep-repaired.yaml | grep -c sigmoid)" 0
is 'a comment at each change' "$(grep -c '^  # repaired G101: ' deep-repaired.yaml)" 3
# ---- one fault with two causes, in the same layer: each reason is told ----
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 600; i++) { a = i * 7 % 601 / 300 - 1; b = i * 11 % 599 / 300 - 1; print a, b, (a * a + b * b > 0.6) } }' > ring.csv
cat > both.yaml <<'END'
data: csv(ring.csv, target=y) | shuffle | batch(16)
model:
  - dense(32, activation=relu, kernel_regularizer=l2(10), bias_regularizer=l2(10))
  - dense(16, activation=relu, kernel_regularizer=l2(10), bias_regularizer=l2(10))
  - dense(1, activation=sigmoid)
optimizer: adam(0.01)
loss: binary_crossentropy
epochs: 40
END
run doctor both.yaml --repair -o light.yaml
is 'two causes' "$code" 0
has 'two causes' "$out" '^repair of O403: proven, and kept, but the run still has the fault$'
has 'two causes' "$out" '^repair of O403: proven$'
has 'two causes: the layers' light.yaml '^  - dense(32, activation=relu, kernel_regularizer=l2(0.0001), bias_regularizer=none)$'
has 'two causes: both reasons' light.yaml \
    '^  # repaired O403: a weak regularizer .*; O403: bias_regularizer=none .*; was dense(32, activation=relu, kernel_regularizer=l2(10), bias_regularizer=l2(10))$'

run doctor digits 'optimizer=sgd(3, momentum=0.9)' -o two.yaml --repair --json \
    model='[rescaling(1/16), 2 * dense(60, activation=relu, kernel_initializer=zeros), dense(10, activation=softmax)]'
is 'two faults' "$(status "$out")" proven
has 'a comment for both' two.yaml '# repaired S304+S305: '

# ---- the help of the finding is tried first, also if it changes several layers or replaces one ----
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 600; i++) { a = i * 7 % 601 / 300 - 1; b = i * 11 % 599 / 300 - 1; print a, b, (a * a + b * b > 0.6) } }' > ring.csv
printf '%s\n' 'data: csv(ring.csv, target=y) | shuffle | batch(16)' 'model:' '  - dense(32)' '  - dense(16)' \
    '  - dense(1, activation=sigmoid)' 'optimizer: adam(0.01)' 'loss: binary_crossentropy' 'epochs: 60' > ring.yaml
run doctor ring.yaml --repair -o round.yaml
has 'layers without an activation' round.yaml '^  - dense(32, activation=relu, kernel_initializer=he_normal)$'
has 'all of them' round.yaml '^  - dense(16, activation=relu, kernel_initializer=he_normal)$'
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 600; i++) { a = i * 7 % 601 / 300 - 1; b = i * 11 % 599 / 300 - 1; print a, b, a - 2 * b } }' > plane.csv
printf '%s\n' 'data: csv(plane.csv, target=y) | shuffle | batch(16)' 'model:' '  - dense(8, activation=relu)' '  - dense(1)' \
    '  - layer_normalization' 'optimizer: adam(0.01)' 'loss: mse' 'epochs: 60' > plane.yaml
run doctor plane.yaml --repair -o flat.yaml
has 'a normalization of one number' flat.yaml '^  - identity$'

# ---- nothing to mend, nothing proven, faults of the data, refusals ----
run doctor digits --repair -o none.yaml
has 'healthy' "$out" '^no repair is needed$'
run doctor digits --repair -o none.yaml --json
is 'healthy: json' "$(status "$out")" not_needed
run doctor digits --repair -o none.yaml --json \
    model='[rescaling(1/16), dense(50, activation=relu), dense(10, activation=sigmoid)]'
is 'no harm, so nothing is proven' "$(status "$out")" not_proven
awk -v OFS=, 'BEGIN { print "a,b,y"
    for (i = 0; i < 400; i++) { k = i % 300; print sin(k), cos(7 * k), (sin(k) + cos(7 * k) > 0) } }' > twice.csv
cat > twice.yaml <<'END'
data: csv(twice.csv, target=y) | shuffle
validation: split(0.2, shuffle=true)
model: [normalization, "dense(16, activation=relu)", "dense(1, activation=sigmoid)"]
END
run doctor twice.yaml --repair -o none.yaml --json
is 'data is not mended' "$(status "$out")" refused
has 'it is named' "$out" '"named":\["D20[89]"'
{
    printf 'a,b,y\n'
    awk 'BEGIN { OFS = ","; for (i = 0; i < 300; i++) print i % 17 + 20 * int(i / 100), i % 13, int(i / 100) }'
} > order.csv
printf 'data: csv(order.csv, target=y) | shuffle | batch(16)\nvalidation: split(0.3)\nmodel:\n  - normalization\n  - dense(3, activation=softmax)\n' > order.yaml
run doctor order.yaml --repair
has 'the help of what is not tried' "$out" "the help of D212, for you to try: validation='split(0.3, shuffle=true)'"
run doctor digits --repair -o none.yaml --json data='nowhere.csv'
is 'no data' "$(status "$out")" refused
is 'no file' "$(ls none.yaml none.proof.json 2> /dev/null)" ''
run doctor digits --repair -o word.yaml \
    model='[rescaling(1/16), dense(50, activation=rellu), dense(10, activation=softmax)]'
has 'a word that was meant' word.yaml '  - dense(50, activation=relu)'
has 'as against a constant' "$out" 'before 0\.1[0-9]* 0\.1'

# ---- wrong use ----
run doctor twice.csv target=y --repair
is 'a table' "$code" 2
cp twice.yaml same.yaml
run doctor same.yaml --repair -o ./same.yaml
is 'over itself' "$code" 2
cmp -s same.yaml twice.yaml || fail 'the run file was overwritten'
run doctor same.yaml -o other.yaml
is '-o alone' "$code" 2

# ---- a repair that cannot be written ----
if [ -w /dev/full ]; then
    ln -s /dev/full full.yaml
    run doctor digits "$high" --repair -o full.yaml
    is 'a full disk: exit code' "$code" 5
    has 'a full disk: said' "$err" "cannot write .*full.*: No space left"
    is 'a full disk: no proof' "$(ls full.proof.json 2> /dev/null)" ''
    ln -s /dev/full half.proof.json
    run doctor digits "$high" --repair -o half.yaml
    is 'no room for the proof: exit code' "$code" 5
    has 'no room for the proof: said' "$err" "cannot write .*full.*: No space left"
fi

# ---- one batch ----
run doctor digits --overfit-one-batch
has 'one batch' "$out" '^one batch: 16 rows, loss [0-9.]*, after [0-9]* steps [0-9.e-]*, 100 % right$'

# ---- while it trains ----
run train digits "$high" doctor=repair epochs=10 out=while
is 'train: exit code' "$code" 0
has 'train: said' "$err" 'repair of S305: proven'
has 'train: begun again' while/run.yaml '^optimizer: [a-z]*(.*0\.[0-9]*)$'
lacks 'train: not the old rate' while/run.yaml 'sgd(3'
is 'train: it learns' "$(awk -F, 'END { print ($3 > 0.9) }' while/history.csv)" 1
run train digits 'optimizer=sgd(1e20)' 'doctor=doctor(repair=true)' epochs=10 out=nan
is 'nan: exit code' "$code" 0
odd='model=[rescaling(1/16), dense(50, activation=relu), dense(10, activation=sigmoid)]'
run train digits "$odd" out=plain -q
run train digits "$odd" out=tried doctor=repair -q
cmp -s plain/model.safetensors tried/model.safetensors || fail 'trials that prove nothing change the model'
run train digits doctor=perhaps
is 'doctor=perhaps' "$code" 2

# ---- sorted rows: shuffle goes before the batches, and the rest of the pipeline stays ----
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 600; i++) { c = int(i / 200); print c + (i * 7 % 151) / 300, (i * 11 % 151) / 83 - c, c } }' > sorted.csv
cat > sorted.yaml <<'YAML'
data: csv(sorted.csv, target=y) | take(600) | batch(8)
model:
  - dense(16, activation=relu)
  - dense(3, activation=softmax)
optimizer: sgd(0.1)
loss: sparse_categorical_crossentropy
metrics: [accuracy]
epochs: 10
YAML
run doctor sorted.yaml --repair -o shuffled.yaml
has 'sorted rows' "$out" '^repaired: accuracy '
has 'sorted rows' shuffled.yaml '^data: csv(sorted.csv, target=y) | take(600) | shuffle | batch(8)$'
finish
