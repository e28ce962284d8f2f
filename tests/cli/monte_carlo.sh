#!/bin/sh
# predict --monte-carlo: the mean, the standard deviation and the entropy of predictions with dropout at work.
. tests/cli/common

run train digits 'model=[rescaling(1/16), dense(64, activation=relu), dropout(0.5), dense(10, activation=softmax)]' \
    epochs=5 out=net -q
is train "$code" 0

# ---- CSV ----
run predict net 'digits | take(50)' --monte-carlo 30
is csv "$code" 0
cp "$out" csv
is 'csv: rows' "$(wc -l < csv | tr -d ' ')" 51
titles=class,entropy
for what in mean deviation; do
    for i in 0 1 2 3 4 5 6 7 8 9; do titles=$titles,${what}_$i; done
done
is 'csv: titles' "$(head -n 1 csv)" "$titles"
# class = the largest mean; the means sum to 1; the entropy is theirs; deviations are not negative, some above 0.
is 'csv: figures' "$(awk -F, 'NR > 1 {
    sum = best = entropy = 0
    for (i = 3; i <= 12; i++) {
        sum += $i
        if ($i > 0) entropy -= $i * log($i)
        if ($i > $(best + 3)) best = i - 3
        if ($(i + 10) < 0 || $(i + 10) > 0.5) print "row", NR, "deviation", $(i + 10)
        spread += $(i + 10)
    }
    if (best != $1) print "row", NR, "class", $1, best
    if (sum < 0.9999 || sum > 1.0001) print "row", NR, "sum", sum
    if (entropy - $2 > 1e-4 || $2 - entropy > 1e-4) print "row", NR, "entropy", $2, entropy
} END { if (!(spread > 0)) print "no deviation" }' csv)" ''

# ---- the same on one thread, other with another seed ----
run predict net 'digits | take(50)' --monte-carlo 30 threads=1
cmp -s "$out" csv || fail 'other figures on one thread'
run predict net 'digits | take(50)' -m 30 seed=1
cmp -s "$out" csv && fail 'another seed gives the same figures'
checks=$((checks + 2))

# ---- JSON lines, a file ----
run predict net 'digits | take(3)' -m 10 -o rows.jsonl
is jsonl "$code" 0
has jsonl rows.jsonl '^{"class":[0-9],"entropy":[0-9.e-]*,"mean":\[[0-9.e,-]*\],"deviation":\[[0-9.e,-]*\]}$'
is 'jsonl: rows' "$(wc -l < rows.jsonl | tr -d ' ')" 3

# ---- one sample: no deviation; a model of plain numbers: no class ----
run predict net 'digits | take(1)' -m 1
is 'one sample' "$(tail -n 1 "$out" | cut -d, -f13-)" 0,0,0,0,0,0,0,0,0,0
{ echo a,b,y; i=0; while [ $i -lt 40 ]; do echo "$i,$((40 - i)),$((2 * i + 1))"; i=$((i + 1)); done; } > line.csv
printf "data: csv('line.csv')\nmodel: [normalization, gaussian_noise(0.1), dense(1)]\nloss: mse\n" > line.yaml
run train line.yaml epochs=1 out=line -q
run predict line line.csv -m 5
is 'plain numbers' "$code $(head -n 1 "$out")" '0 mean,deviation,low,high'
lacks 'plain numbers' "$err" warning

# ---- without dropout, and what is wrong ----
run train digits epochs=1 out=sure -q
run predict sure 'digits | take(2)' -m 5
is 'no dropout' "$code" 0
has 'no dropout' "$err" 'warning: all samples are the same'
for samples in 0 -1 many 1.5; do
    run predict net digits --monte-carlo=$samples
    is "$samples samples" "$code" 2
    has "$samples samples" "$err" "the number of samples cannot be '$samples'"
done
run predict net digits -m 5 -o rows.npy
is npy "$code" 2
has npy "$err" 'cannot hold standard deviations'
finish
