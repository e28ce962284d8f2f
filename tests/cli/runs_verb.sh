#!/bin/sh
# runs: lists, compares and removes runs; summary shows the columns of a table; Python alone reads a model file.
. tests/cli/common

# ---- ls ----
run train digits epochs=2 out=runs/a -q
run train digits epochs=3 out=runs/b -q optimizer='sgd(0.1)' validation=none
mkdir runs/other
run runs ls
is ls "$code $(cat "$err")" '0 '
has ls "$out" '^run  *state  *date  *target or size  *epochs  *best  *figures$'
has ls "$out" "^a  *ended  *$(date +%Y)-[0-9-]* [0-9]*:[0-9]*  *[0-9]* kB  *2  *[12]  *val_loss [0-9.]*  val_accuracy [0-9.]*$"
has ls "$out" '^b  *ended .* kB  *3  *loss [0-9.]*  *accuracy [0-9.]*$'
is 'runs alone' "$(wc -l < "$out" | tr -d ' ')" 3
cp "$out" first
run runs ls runs
cmp -s "$out" first || fail 'ls runs is not ls'
run runs
cmp -s "$out" first || fail 'runs is not runs ls'
mkdir empty
(cd empty && run runs; is 'runs where there are none' "$code" 5; has 'runs where there are none' "$err" "there is no folder 'runs'"
    has 'runs where there are none' "$err" 'plummet train writes runs'; exit "$failures") || failures=$((failures + 1))

# ---- the states ----
cp -r runs/a runs/killed && rm runs/killed/model.safetensors
cp -r runs/a runs/more && sed -i.old 's/^epochs: 2/epochs: 9/' runs/more/run.yaml
cp -r runs/a runs/wild && printf 'epoch,loss,seconds\n1,2.5,1\n2,1e9,2\n' > runs/wild/history.csv
cp -r runs/a runs/broken && echo 'what: [' > runs/broken/run.yaml
"$plummet" train digits epochs=1000000 out=runs/now threads=1 > /dev/null 2>&1 &
pid=$!
tries=0
until [ -s runs/now/history.csv ] || [ $tries -ge 600 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
run runs ls
is states "$(awk '{ print $1, $2 }' "$out" | tr '\n' ' ')" \
    'run state a ended b ended broken unreadable killed stopped more ended now running wild diverged '
run runs rm runs/now
is 'rm of one at work' "$code $(ls runs/now/run.yaml)" '2 runs/now/run.yaml'
has 'rm of one at work' "$err" 'another run is at work'
kill -INT $pid
wait $pid
run runs ls
has 'after Ctrl-C' "$out" '^now  *stopped '

# ---- narrow ----
command -v python3 > /dev/null && python3 -c 'import pty; pty.openpty()' 2> /dev/null && for width in 40 80; do
    for words in 'ls' 'diff runs/a runs/b' 'diff runs/a runs/wild'; do
        # shellcheck disable=SC2086
        python3 "$root/tests/cli/narrow.py" $width "$plummet" runs $words > "$out" < /dev/null
        is "$width: $words" "$? $(grep '^WIDE: ' "$out")" '0 '
    done
    python3 "$root/tests/cli/narrow.py" $width "$plummet" runs ls > "$out" < /dev/null
    has "$width: figures" "$out" '^a  *ended .*val_loss [0-9.]*'
    python3 "$root/tests/cli/narrow.py" 24 "$plummet" runs diff runs/a runs/wild > "$out" < /dev/null
    is 'values below each other' "$(head -n 6 "$out" | tr -s ' \n' '  ')" 'run a: runs/a b: runs/wild state a: ended b: diverged '
done

# ---- a run has diverged if its loss has grown more than tenfold ----
mkdir edge && cp -r runs/a edge/ten && cp -r runs/a edge/more
printf 'epoch,loss,seconds\n1,2.5,1\n2,25,2\n' > edge/ten/history.csv
printf 'epoch,loss,seconds\n1,2.5,1\n2,25.01,2\n' > edge/more/history.csv
run runs ls edge
has 'tenfold' "$out" '^ten  *ended '
has 'more than tenfold' "$out" '^more  *diverged '

# ---- sizes of models ----
run train digits out=sized/small epochs=1 model='[dense(10, activation=softmax)]' -q
run train digits out=sized/large epochs=1 model='[dense(4000, activation=relu), dense(10, activation=softmax)]' -q
run runs ls sized
size() { awk -v bytes="$(wc -c < "sized/$1/model.safetensors")" "BEGIN { printf \"$2\", bytes / $3 }"; }
has 'a small model' "$out" "^small  *ended .*  $(size small '%.0f kB' 1000) "
has 'a large model' "$out" "^large  *ended .*  $(size large '%.1f MB' 1000000) "

# ---- diff ----
run runs diff runs/a runs/b
is diff "$code $(cat "$err")" '0 '
has diff "$out" '^run  *runs/a  *runs/b$'
has diff "$out" '^optimizer  *adam(1e-3)  *sgd(0.1)$'
has diff "$out" '^epochs  *2  *3$'
has diff "$out" '^state  *ended  *ended$'
has diff "$out" '^val_loss  *[0-9.]*  *-$'
has diff "$out" '^loss  *[0-9.]*  *[0-9.]*$'
lacks diff "$out" '^data'
run runs diff runs/a runs/other
is 'diff with no run' "$code" 5

# ---- rm ----
touch runs/b/mine
ln -s ../runs/more runs/link
run runs rm runs/link/
is 'rm of a link' "$code $(ls runs/more/run.yaml)" '5 runs/more/run.yaml'
ln -s "$work/first" runs/a/readings.csv
run runs rm runs/a/ runs/b
is rm "$code $(ls -A runs/b first) $(ls -d runs/a 2> /dev/null)" "$(printf '0 first\n\nruns/b:\nmine ')"
has 'rm: what stays' "$err" 'runs/b: the folder is kept: other files are in it'
run runs rm runs/other runs/killed
is 'rm of no run' "$code $(ls -d runs/other runs/killed 2> /dev/null)" '5 runs/other'
run runs rm nowhere
is 'rm of nothing' "$code" 5

# ---- what is wrong ----
run runs ls nowhere
is 'no folder' "$code" 5
for words in list 'diff runs/more' rm 'ls a b'; do
    # shellcheck disable=SC2086
    run runs $words
    is "runs $words" "$code" 2
done

# ---- a resume with another loss: epochs before it are in another unit, so none of them is the best ----
cat > other.yaml <<'YAML'
data: digits
validation: split(0.1)
model: [input(64), rescaling(1/16), 'dense(16, activation=relu)', 'dense(10, activation=softmax)']
loss: sparse_categorical_crossentropy
seed: 3
epochs: 4
YAML
run train other.yaml out=other/a -q
run train --resume other/a epochs=6 loss='sparse_categorical_crossentropy(label_smoothing=0.5)'
has 'other loss' "$err" 'begins anew'
has 'other loss: the star' "$err" '^epoch 5/6 .*\*'
is 'other loss: the least value is of before' "$(awk -F, 'NR > 1 { print $4, $1 }' other/a/history.csv | sort -n | sed 's/.* //' | head -n 1)" 4
run runs ls other
has 'other loss: ls' "$out" '^a  *ended .* kB  *6  *6  *val_loss'
run plot other/a
has 'other loss: plot' "$out" 'best: epoch 6, '
run report other/a
has 'other loss: report' other/a/report.html ', the best one 6 '
sed -i.old '2s/^1,[0-9.]*/1,1e-3/' other/a/history.csv
run runs ls other
has 'other loss: the first of the same unit is not exceeded' "$out" '^a  *ended '
# by another metric than the loss the first epoch after a resume is not the best for that alone
run train other.yaml out=other/c observers='[best_weights(monitor=val_accuracy)]' optimizer='adam(0.01)' -q
run train --resume other/c epochs=5 optimizer='adam(0.5)'
lacks 'a worse epoch after a resume' "$err" '^epoch 5/5 .*\*'
# the weights of the epochs before were not kept, and those after a far too high rate are worse
run train other.yaml out=other/b keep=last optimizer='adam(0.01)' -q
run train --resume other/b epochs=6 keep=best optimizer='adam(0.5)' -q
run runs ls other
has 'keep: best after the resume' "$out" '^b  *ended .* kB  *6  *[56]  *val_loss'

# ---- the model of a table ----
awk 'BEGIN { print "size,town,price"; for (i = 0; i < 90; i++) printf "%d,%s,%.1f\n", i * 37 % 91, i % 2 ? "Ulm" : "Bonn", 3.5 * (i * 37 % 91) }' > houses.csv
run train houses.csv target=price effort=quick epochs=2 out=tables/h -q
run runs ls tables
has 'ls: the target' "$out" '^h  *ended .* price  *2 '
run train houses.csv target=town,price effort=quick epochs=2 out=tables/several -q
run runs ls tables
has 'ls: several targets' "$out" '^several  *ended .* town, price  *2 '
run summary tables/h
has 'summary: columns' "$out" '^column  *type  *why'
has 'summary: columns' "$out" '^town  *yes_no'
if command -v python3 > /dev/null; then
    python3 "$root/examples/read_model.py" tables/h/model.safetensors > "$out" 2> "$err"
    is 'read_model.py' "$? $(cat "$err")" '0 '
    has 'its columns' "$out" '^column price target number standardize$'
    has 'its tensors' "$out" '^tensor dense/kernel \[[0-9]*, 256\] first'
fi
finish
