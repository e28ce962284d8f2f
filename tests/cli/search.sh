#!/bin/sh
# search: random trials and successive halving, seeded and resumable.
. tests/cli/common

cat > net.yaml <<'END'
data: digits | shuffle | batch(64)
validation: split(0.2, shuffle=true)
define:
  - rate = 1e-3
  - units = 20
  - act = relu
search:
  - rate = log_uniform(1e-5, 0.1)
  - units = whole(4, 32)
  - act = choice(relu, elu(0.5))
model: [rescaling(1/16), 'dense(units, activation=act)', 'dense(10, activation=softmax)']
optimizer: adam(rate)
epochs: 9
END
run train net.yaml -q out=plain
is 'train ignores the key' "$code" 0
lacks 'train ignores the key' plain/run.yaml search
run search net.yaml --trials 9 out=a
is 'search' "$code" 0
has 'the best' "$out" '^best  *trial [1-9]: rate = .*, units = [0-9]*, act = '
is 'rows' "$(wc -l < a/search.csv | tr -d ' ')" 14
is 'rounds' "$(cut -d, -f2,3 a/search.csv | sort | uniq -c | tr -s ' ' | tr '\n' ';')" ' 9 1,1; 3 2,3; 1 3,9; 1 round,epochs;'
cp "$out" a.out
run train "$(sed -n 's/^run file  *//p' a.out)" -q out=again
is 'its run file' "$code" 0
cmp "$(sed -n 's/^model  *//p' a.out)" again/model.safetensors || fail 'the run file of the best trial gives other bits'

# the same command goes on, with the same result
mkdir b && head -n 6 a/search.csv > b/search.csv
run search net.yaml --trials 9 out=b -q
is 'goes on' "$code" 0
[ "$(cut -d, -f1-6 a/search.csv | sed 's/,[^,]*$//' | sort)" = "$(cut -d, -f1-6 b/search.csv | sed 's/,[^,]*$//' | sort)" ] ||
    fail 'another search after a stop'
is 'the best after a stop' "$(sed -n 1,2p "$out")" "$(sed -n 1,2p a.out)"
run search net.yaml --trials 9 out=a seed=7
is 'another seed' "$code" 2
has 'another seed' "$err" 'holds another search'

run search net.yaml 'search=rate = often(1, 2)'
is 'no range' "$code" 2
has 'no range' "$err" "'often(1, 2)' is no range"
run search net.yaml epochs=0
is 'no epochs' "$code" 2
has 'no epochs' "$err" 'a search needs at least one epoch'
run search net.yaml validation=none
is 'no validation' "$code" 2
run search plain/run.yaml
is 'no space' "$code" 2
has 'no space' "$err" 'no key search'
run search net.yaml --trials none
is 'no number' "$code" 2

# Ctrl-C ends it within a trial, however long that is.
"$plummet" search net.yaml --trials 1 epochs=100000000 out=endless > "$out" 2> "$err" &
pid=$!
tries=0
until [ -d endless ] || [ "$tries" -gt 300 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
listens $pid
kill -INT $pid
wait $pid
is 'Ctrl-C' $? 130
has 'Ctrl-C' "$err" 'stopped: run the same command again to continue the search'

# A trial that diverges has no score, and is said to.
run search net.yaml 'search=rate = uniform(1e20, 1e30)' 'define=rate = 1, units = 20, act = relu' 'optimizer=sgd(rate)' --trials 2 out=wild
has 'a trial that diverges' "$err" '^round 1/[0-9]  trial  *[12]  [0-9] epochs*  diverged  '
finish
