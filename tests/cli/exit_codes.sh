#!/bin/sh
# Every exit code of the table in `plummet help`, by every verb that can give it. 1 is a fault of plummet's own; 130 is in
# interrupt.sh.
. tests/cli/common

# code WANTED ARGUMENTS
code()
{
    wanted=$1
    shift
    run "$@"
    is "plummet $*" "$code" "$wanted"
    [ "$code" -eq 0 ] || has "plummet $*" "$err" '^plummet: error: \|^plummet [0-9]\|does not hold'
}

run help
for number in 0 1 2 3 4 5 6 7 130; do
    has 'help' "$out" "^  $number  "
done

{ echo a,b,y; i=0; while [ $i -lt 40 ]; do echo "$i,$((40 - i)),$((2 * i + 1))"; i=$((i + 1)); done; } > table.csv
printf 'a,b,y\n1,x,2\n' > bad.csv
printf "data: csv('table.csv')\nmodel: [normalization, dense(1)]\nloss: mse\nepochs: 1\ntest: split(0.25)\nunlabelled: csv('table.csv')\npretraining: autoencoder(1)\n" > net.yaml
sed "s/table.csv/bad.csv/" net.yaml > bad.yaml
sed "s/table.csv/absent.csv/" net.yaml > absent.yaml
sed 's/dense(1)/dense(1, x=1)/' net.yaml > wrong.yaml
printf 'no model' > bad.safetensors

code 0 train net.yaml out=run
code 0 evaluate run
code 0 evaluate run table.csv
code 0 predict run table.csv
code 0 explain run
code 0 report run
code 5 report no-such-run
code 0 summary run
code 0 summary net.yaml
code 0 lr-find net.yaml --steps 20
code 0 plot activation relu
code 0 describe dense
code 0 help train
code 0 --version

run doctor --static net.yaml model.2="'dense(1, x=1)'" --fail-on error
is 'plummet doctor --fail-on error' "$code" 6
code 0 doctor net.yaml --fail-on error
code 2 doctor net.yaml --fail-on nothing
code 5 doctor absent.csv.yaml

for verb in train evaluate explain report predict join summary pretrain lr-find plot describe doctor help; do
    code 2 $verb --no-such-option
done
code 2
code 2 no-such-verb
for verb in train summary pretrain lr-find; do
    code 2 $verb wrong.yaml
done
for verb in evaluate explain predict; do
    code 2 $verb run "csv('table.csv', x=1)"
    code 3 $verb run bad.csv
    code 3 $verb bad.safetensors table.csv
    code 5 $verb run absent.csv
    code 5 $verb absent.safetensors table.csv
done
code 2 plot no-such-plot
code 2 describe no-such-thing
code 2 help no-such-verb
for verb in train lr-find pretrain; do
    code 3 $verb bad.yaml
    code 5 $verb absent.yaml
    code 5 $verb no-such.yaml
done
code 3 summary bad.safetensors
code 5 summary absent.safetensors
code 5 summary no-such.yaml
code 5 train net.yaml out=/proc/no/such
code 5 train --resume no-such
code 5 predict run table.csv -o /no/such/folder/p.csv
code 5 plot activation relu -o /no/such/folder/p.svg
code 4 train net.yaml optimizer='sgd(1e30)' epochs=20 out=diverged
code 7 evaluate run table.csv --assert 'loss<0'
code 7 evaluate run --assert 'loss<0'
code 2 evaluate run table.csv --assert 'loss>=nan'
for verb in 'evaluate run' 'explain run' 'predict run table.csv' 'summary run' 'describe' 'help' 'plot activation relu'; do
    "$plummet" $verb > /dev/full 2> "$err"
    is "plummet $verb > /dev/full" $? 5
done
finish
