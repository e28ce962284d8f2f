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
mkdir b && head -n 6 a/search.csv > b/search.csv && cp a/settings.yaml b
run search net.yaml --trials 9 out=b -q
is 'goes on' "$code" 0
[ "$(cut -d, -f1-6 a/search.csv | sed 's/,[^,]*$//' | sort)" = "$(cut -d, -f1-6 b/search.csv | sed 's/,[^,]*$//' | sort)" ] ||
    fail 'another search after a stop'
is 'the best after a stop' "$(sed -n 1,2p "$out")" "$(sed -n 1,2p a.out)"
run search net.yaml --trials 9 out=a seed=7
is 'another seed' "$code" 2
has 'another seed' "$err" 'holds another search, with another seed'

# ---- a folder takes no results of other settings or other data, whose values may be the same ----
cp a/search.csv before.csv
run search net.yaml --trials 9 out=a 'optimizer=sgd(rate)'
is 'another optimizer' "$code" 2
has 'another optimizer' "$err" 'the folder holds another search, with another optimizer'
cmp a/search.csv before.csv || fail 'another optimizer: the results changed'
run search net.yaml --trials 9 out=a threads=1 -q
is 'other threads' "$code" 0
mkdir bare && cp a/search.csv bare
run search net.yaml --trials 9 out=bare
is 'no settings' "$code" 2
has 'no settings' "$err" 'the folder holds another search$'
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 60; i++) printf "%d,%d,%d\n", i % 7, i % 11, i % 3 }' > rows.csv
sed -e "s/^data:.*/data: csv('rows.csv', target=y)/" -e 's/rescaling(1.16)/normalization/' -e 's/dense(10/dense(3/' net.yaml > rows.yaml
run search rows.yaml --trials 3 out=file epochs=3 -q
is 'a file' "$code" 0
echo '1,2,0' >> rows.csv
run search rows.yaml --trials 3 out=file epochs=3 -q
is 'the file has changed' "$code" 2
has 'the file has changed' "$err" 'another search: its data file has changed since'

run search net.yaml 'search=rate = often(1, 2)'
is 'no range' "$code" 2
has 'no range' "$err" "'often(1, 2)' is no range"
# a name that define lacks: the model would not use its values
run search net.yaml 'search=other = uniform(0.1, 0.2)' --trials 2 out=other
is 'an unknown name' "$code" 2
has 'an unknown name' "$err" "does not define 'other'; it defines rate, units, act"
[ ! -e other ] || fail 'an unknown name: a folder was made'
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
until [ -d endless/trial-0001 ] || [ "$tries" -gt 300 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
listens $pid
run search net.yaml --trials 1 epochs=100000000 out=endless
is 'two at a folder' "$code" 2
has 'two at a folder' "$err" 'another run is at work in this folder'
kill -INT $pid
wait $pid
is 'Ctrl-C' $? 130
has 'Ctrl-C' "$err" 'stopped: run the same command again to continue the search'

# A trial that diverges has no score, and is said to.
run search net.yaml 'search=rate = uniform(1e20, 1e30)' 'define=rate = 1, units = 20, act = relu' 'optimizer=sgd(rate)' --trials 2 out=wild
has 'a trial that diverges' "$err" '^round 1/[0-9]  trial  *[12]  [0-9] epochs*  diverged  '

is 'all trials diverge' "$code" 4
has 'all trials diverge' "$err" 'no trial of the last round has a finite validation loss'
lacks 'all trials diverge' "$out" '^best'

# ---- a table: the run that train chooses, with ranges over its net ----
awk 'BEGIN { print "id,size,town,price,sold"; for (i = 0; i < 90; i++) printf "%d,%d,%s,%.1f,%s\n", 900 + i, i * 37 % 91, i % 2 ? "Ulm" : "Bonn", 3.5 * (i * 37 % 91), (i * 37 % 91 > 45) ? "yes" : "no" }' > homes.csv
run search homes.csv target=price effort=quick --trials 3 epochs=3
is 'a table' "$code" 0
has 'a table' "$out" '^best  *trial [1-3]: rate = [0-9.e-]*, units = [0-9]*, drop = [0-9.]*$'
has 'its run file' runs/homes-search/homes.yaml '^  - rate = log_uniform('
has 'its data' runs/homes-search/homes.yaml "table('homes.csv', target='price')"
run train runs/homes-search/homes.yaml -q out=again overwrite=true
is 'the run file alone' "$code" 0
run search homes.csv target=sold weight=size columns='town=category' effort=quick --trials 2 epochs=2 out=s \
    'define=rate = 0.1' 'search=rate = uniform(0.01, 0.1)' 'optimizer=adam(rate)'
is 'a space of the user' "$code" 0
has 'a space of the user' "$out" '^best  *trial [12]: rate = 0.0[0-9]*$'
has 'the optimizer with its name' s/homes.yaml '^optimizer: adam(rate)$'
has 'the weight' s/homes.yaml "target='sold', weight='size'"

# another target, in the folder of the first
run search homes.csv target=sold effort=quick --trials 3 epochs=3
is 'another target' "$code" 2
has 'another target' "$err" 'the folder holds another search, with another data'
has 'another target' runs/homes-search/homes.yaml "target='price'"
# names of the ranges that are a type, a column and a class of the table, too
sed -e '1s/.*/id,units,town,drop,rate/' -e 's/yes$/drop/' homes.csv > alike.csv
run search alike.csv target=rate columns='town=drop' class_weight='{drop: 2}' effort=quick --trials 2 epochs=2 -q
is 'names of the table' "$code" 0
has 'names of the table' runs/alike-search/alike.yaml '^columns: town=drop$'
run train net.yaml out=units name=rate epochs=1 -q
is 'a folder called as a name' "$code" 0
[ -f units/model.safetensors ] || fail 'a folder called as a name'
run search homes.csv target=price model='dense(1)' optimizer=adam --trials 2 epochs=2
is 'nothing to search' "$code" 2
has 'nothing to search' "$err" 'there is nothing to search'
run search homes.csv target=price optimizer='adam(0.01)' effort=quick --trials 2 epochs=2 out=units-alone
is 'units alone' "$code" 0
run search homes.csv --trials 2
is 'no target' "$code" 2
run search - target=price
is 'standard input' "$code" 2
finish
