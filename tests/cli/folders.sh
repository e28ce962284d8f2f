#!/bin/sh
# Folders: run.yaml runs from any folder, observers write within the run's folder, evaluate RUN knows its test rows.
. tests/cli/common

mkdir -p project/"my data" && cd project || exit 1
{ echo a,b,y; i=0; while [ $i -lt 40 ]; do echo "$i,$((40 - i)),$((2 * i + 1))"; i=$((i + 1)); done; } > "my data/it's.csv"
cat > net.yaml <<'END'
data: csv("my data/it's.csv") | shuffle | batch(8)
test: split(0.25)
model: [normalization, dense(1)]
loss: mse
observers: [csv_logger('log.csv')]
epochs: 2
END
run train net.yaml -q
is 'train' "$code" 0
cp "$out" trained
is 'the observer writes into the folder of the run' "$(ls runs/net-0001/log.csv; ls)" "$(printf 'runs/net-0001/log.csv\nmy data\nnet.yaml\nruns\ntrained')"
has 'run.yaml' runs/net-0001/run.yaml '^directory: \.\./\.\.$'

# ---- run.yaml runs from its own folder, from another one, and where the project was moved to ----
same_model() { cmp -s "$work/project/runs/net-0001/model.safetensors" "$2" || fail "$1: another model"; }
cp -r runs/net-0001 "$work/kept"
(cd runs/net-0001 && "$plummet" train run.yaml -q name=own) > "$out" 2> "$err"
is 'in its own folder' "$? $(cat "$err")" '0 '
same_model 'in its own folder' runs/net-0001/runs/own-0001/model.safetensors
mkdir sub
(cd sub && "$plummet" train ../runs/net-0001/run.yaml -q out=here) > "$out" 2> "$err"
is 'from another folder' "$? $(cat "$err")" '0 '
same_model 'from another folder' sub/here/model.safetensors
has 'from another folder: run.yaml' sub/here/run.yaml '^directory: \.\./\.\.$'
(cd sub && "$plummet" train --resume ../runs/net-0001 epochs=3 -q) > "$out" 2> "$err"
is 'resumed from another folder' "$? $(cat "$err")" '0 '
has 'resumed from another folder' runs/net-0001/run.yaml '^directory: \.\./\.\.$'
run train --resume runs/net-0001 epochs=4 -q
is 'resumed from the first folder' "$code" 0
run summary runs/net-0001/run.yaml
is 'summary' "$code" 0
run train net.yaml -q out="$work/elsewhere"
has 'out outside of the folder' "$work/elsewhere/run.yaml" "^directory: /.*/project$"
(cd "$work/elsewhere" && "$plummet" train run.yaml -q out="$work/again") > "$out" 2> "$err"
is 'an absolute directory' $? 0
cd .. && mv project moved && cd moved || exit 1
(cd runs/net-0001 && "$plummet" train run.yaml -q out="$work/again2") > "$out" 2> "$err"
is 'the project was moved' $? 0
run train runs/net-0001/run.yaml --dry-run
lacks 'a dry run says no folder' "$out" '^directory'
mv runs/net-0001 .
moved=$(pwd)
mkdir -p "$work/far/off"
(cd "$work/far/off" && "$plummet" train --resume "$moved/net-0001" epochs=6 -q) > "$out" 2> "$err"
is 'the run alone was moved, from another folder' $? 5
has 'the run alone was moved, from another folder' "$err" 'which directory=DIR changes'
run train --resume net-0001 epochs=6 -q
is 'the run alone was moved' "$code" 0
has 'the run alone was moved' "$err" 'in the current folder is used'
run train --resume net-0001 epochs=7 directory=. -q
is 'directory=' "$code" 0
cat > start.yaml <<'END'
data: csv("my data/it's.csv")
start: net-0001
model: [dense(1)]
loss: mse
epochs: 1
END
run train start.yaml -q out=started
is 'start' "$code" 0
(cd started && "$plummet" train run.yaml -q) > "$out" 2> "$err"
is 'start, in its own folder' "$?" 0

# ---- observers write within the folder ----
mkdir linked && ln -s "$work/aim.csv" linked/link.csv
mkdir "$work/target" && ln -s "$work/target" linked/below
for name in ../x.csv a/../../x.csv "$work/x.csv" link.csv below/x.csv; do
    for observer in csv_logger checkpoint; do
        run train net.yaml -q out=linked observers="$observer('$name')"
        is "$observer('$name')" "$code" 2
        has "$observer('$name')" "$err" 'is outside of the folder linked'
    done
done
is 'nothing was written' "$(ls "$work"/x.csv "$work"/aim.csv x.csv ../x.csv "$work"/target/* 2> /dev/null)" ''
run train net.yaml -q out=open observers="csv_logger('../x.csv')" outside=true
is 'outside=true' "$code $(ls x.csv)" '0 x.csv'
lacks 'outside=true is not kept' open/run.yaml outside
run train --resume open epochs=4 -q
is 'outside, resumed' "$code" 2
(cat net.yaml && echo 'outside: true') > greedy.yaml
run train greedy.yaml -q out=greedy
is 'outside in a run file' "$code" 2
has 'outside in a run file' "$err" 'on the command line'
run train net.yaml -q out=odd outside=perhaps
is 'outside=perhaps' "$code" 2

# ---- evaluate RUN ----
run evaluate "$work/kept" directory=x
is 'evaluate: keys' "$code" 2
cp -r "$work/kept" runs/kept
run evaluate runs/kept
is 'evaluate RUN' "$code" 0
has 'evaluate RUN' "$out" '^data  *test rows of the run: split(0.25) of csv'
has 'evaluate RUN' "$out" '^rows  *10$'
is 'evaluate RUN: the loss of the training' "$(awk '/^loss/ { print $2 }' "$out")" "$(awk '/^test loss/ { print $3 }' trained)"
(cd runs/kept && "$plummet" evaluate . --json) > "$out" 2> "$err"
is 'evaluate RUN --json' $? 0
has 'evaluate RUN --json' "$out" '^{"data":"test rows of the run: .*","rows":10,"loss":[0-9.]*,"rmse":[0-9.]*,"mae":[0-9.]*,"r2":[-0-9.]*,"targets":\[.*\]}$'
run evaluate runs/kept "my data/it's.csv"
is 'evaluate RUN DATA' "$code" 0
has 'evaluate RUN DATA: rows of the training' "$err" 'trained on most of these rows; to use only its test rows: plummet evaluate runs/kept'
cp "my data/it's.csv" new.csv
run evaluate runs/kept new.csv
is 'evaluate RUN DATA: another file' "$code $(cat "$err")" '0 '
run evaluate runs/kept/model.safetensors
is 'evaluate FILE' "$code" 2
run train net.yaml test=none -q out=untested
run evaluate untested
is 'evaluate, no test rows' "$code" 2
has 'evaluate, no test rows' "$err" 'has no test rows'
run evaluate runs/kept -a 'loss<0'
is 'evaluate RUN --assert' "$code" 7

# ---- folders of named data sets: each relative one is below `directory`, whichever place it has in the list ----
mkdir -p listed && cd listed || exit 1
printf "directory: base\ndata: mnist\ndata_dir: 'near::far/off:/nowhere:last'\nmodel: [dense(10, activation=softmax)]\n" > sets.yaml
run train sets.yaml -q
is 'data_dir' "$code" 5
has 'data_dir' "$err" ' in: base/near/mnist, base/near, base/far/off/mnist, base/far/off, /nowhere/mnist, /nowhere, base/last/mnist, base/last\(, \|$\)'
cd .. || exit 1

finish
