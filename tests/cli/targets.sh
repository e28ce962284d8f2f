#!/bin/sh
# Several targets of mixed kinds in one line: a net with an output for each, with its loss and its
# metrics; predict prints all; the model file alone knows them.
. tests/cli/common

awk 'BEGIN { print "size,color,kind,the price"; for (i = 0; i < 240; i++) { b = i * 37 % 100
    printf("%d,%s,%s,%d\n", b, (i * 13 % 3 ? "red" : "blue"), (b > 60 ? "big" : (b > 30 ? "mid" : "small")), 50000 + 3000 * b + 500 * (i % 7)) } }' > a.csv
sed '1s/the price/price/' a.csv > b.csv

run train b.csv target=price,kind -q out=m epochs=40
is 'one line' "$code" 0
has 'losses' "$out" '^test price_loss '
has 'metrics of classes' "$out" '^test kind_accuracy '
has 'metrics of numbers' "$out" '^test price_r2_score '
has 'a list' m/run.yaml "target=\['price', 'kind'\]"
has 'outputs' m/run.yaml '^  - kind$'
run train m/run.yaml -q out=again
is 'its run file' "$code" 0
cmp m/model.safetensors again/model.safetensors || fail 'the run file gives other bits'
run train b.csv target=price,kind -q out=one epochs=40 threads=1 isa=plain
cmp m/model.safetensors one/model.safetensors || fail 'one thread gives other bits'

# ---- the model file alone ----
mkdir away
cp m/model.safetensors away
cut -d, -f1-2 b.csv > away/new.csv
run predict away/model.safetensors away/new.csv
is 'titles' "$code $(head -n 1 "$out")" '0 kind_class,kind_probability_big,kind_probability_mid,kind_probability_small,price'
awk -F, 'NR == 2 { exit !($1 == "small" && $5 > 20000 && $5 < 130000) }' "$out" || fail "the first row is $(sed -n 2p "$out")"
run predict m b.csv -f jsonl
has 'jsonl' "$out" '"kind_class":"[a-z]*",.*"price":[0-9]'
run evaluate m --assert 'kind_accuracy>=0.9, price_r2_score>=0.9'
is 'both are learned' "$code" 0
has 'each is assessed' "$out" '^rmse '
run explain m
is 'explain' "$code" 0
has 'the first' "$out" '^output 0 of 2, counted from 0: kind; output=NAME shows another$'
has 'the first' "$out" 'log loss rise'
run explain m output=price
has 'by name' "$out" '^output 1 of 2, counted from 0: price;'
has 'by name' "$out" 'rmse rise'
cp "$out" price
run explain m output=1
is 'by number' "$(cmp price "$out" && echo same)" same
run explain m output=kind --row 1
has 'a row' "$out" "^row 1 .*with probability"
run explain m output=2
is 'no third' "$code" 2
has 'no third' "$err" "there is no output '2': there are 2, numbered from 0"
has 'no third' "$err" '0 = kind, 1 = price'
has 'report' m/report.html 'id="worst-1"'

# ---- names that layers cannot have ----
run train a.csv 'target=kind, the price' -q out=n epochs=2 effort=quick
is 'a name with a blank' "$code" 0
has 'a name with a blank' n/run.yaml '^  - target_1$'
run predict n a.csv
has 'a name with a blank' "$out" ',target_1_the price$'
run train a.csv target=kind,none -q out=x
is 'a target that there is not' "$code" 2

# ---- names that layers of the net have ----
sed '1s/size,color,kind,the price/net,color,kind,body/' a.csv > layers.csv
run train layers.csv target=body,net,kind -q out=l epochs=2 effort=quick
is 'names of layers' "$code $(sed -n '/^outputs:/,/^[^ ]*:  *#/s/^  - //p' l/run.yaml | tr '\n' ' ')" '0 target_0 kind target_2 '
run predict l layers.csv
is 'names of layers: predict' "$code $(head -n 1 "$out")" '0 target_0_net,kind_class,kind_probability_big,kind_probability_mid,kind_probability_small,target_2_body'

# ---- two series at once ----
awk 'BEGIN { print "day,v,w"; for (i = 0; i < 90; i++) printf "2024-%02d-%02d,%.1f,%.1f\n", 1 + int(i / 28), 1 + i % 28, i + 5 * sin(i), 100 - i }' > s.csv
run train s.csv target=v,w lags=3 -q out=s effort=quick epochs=5
is 'two series' "$code" 0
run predict s s.csv horizon=4
is 'two series go on' "$code $(head -n 1 "$out") $(wc -l < "$out")" '0 day,v,w 92'

# ---- all metrics of a number are in its own unit ----
awk 'BEGIN { print "size,age,mass"; for (i = 0; i < 120; i++) printf "%d,%d,%d\n", i, i * 37 % 50, 3000 + 20 * i + i * 37 % 50 }' > mass.csv
run train mass.csv target=mass effort=quick epochs=20 -q out=u "metrics=[mape, msle, mean, mae, rmse, mean(target, name=true_mean)]"
is 'units' "$code" 0
run predict u mass.csv
tail -n +2 "$out" | sed 's/.*,//' > predicted
tail -n +2 mass.csv | cut -d, -f3 | paste -d, - predicted | awk -F, '
    { d = $2 - $1; r = d < 0 ? -d : d; l = log($2 + 1) - log($1 + 1)
      mape += 100 * r / $1; msle += l * l; mean += $2; truth += $1; mae += r; n++ }
    END { print "mape", mape / n; print "msle", msle / n; print "mean", mean / n; print "true_mean", truth / n; print "mae", mae / n }' > wanted
run evaluate u mass.csv --json
for name in mape msle mean true_mean mae; do
    got=$(grep -o "\"$name\": *[-0-9.e+]*" "$out" | head -n 1 | sed 's/.*: *//')
    awk -v got="${got:-none}" -v name=$name '$1 == name { d = got - $2; if (d < 0) d = -d; exit !(got != "none" && d <= 1e-3 * $2) }' wanted ||
        fail "$name is '$got', not $(grep "^$name " wanted)"
done
run train mass.csv target=mass effort=quick epochs=2 -q out=v metrics=f1
is 'a metric of 0 and 1' "$code" 3
has 'a metric of 0 and 1' "$err" "takes targets between 0 and 1, but row .* of 'mass.csv' has [35][0-9][0-9][0-9]$"
run train mass.csv target=mass effort=quick epochs=2 -q out=v loss=mape
is 'a loss that depends on the unit' "$code" 0
has 'a loss that depends on the unit' "$err" "mean_absolute_percentage_error depends on the unit of its numbers, but the target 'mass' is standardized"
for loss in mse mae huber log_cosh; do
    run train mass.csv target=mass effort=quick epochs=1 -q out=v loss=$loss overwrite=true
    lacks "$loss" "$err" 'depends on the unit'
done

# ---- a number of 0 and 1 is 0 and 1 for a metric, though it is learned standardized ----
awk 'BEGIN { print "size,age,bit"; for (i = 0; i < 120; i++) printf "%d,%d,%d\n", i, i * 37 % 50, (i * 37 % 50 > 30) }' > bits.csv
run train bits.csv target=bit columns='bit=number' effort=quick -q out=bits metrics='binary_accuracy'
is 'a number of 0 and 1' "$code" 0
run evaluate bits bits.csv --assert 'binary_accuracy>=0.9'
is 'a number of 0 and 1: accuracy' "$code" 0
finish
