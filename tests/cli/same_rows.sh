#!/bin/sh
# A run that goes on keeps its training and test rows: what would divide them in another way is an error.
. tests/cli/common

awk 'BEGIN { print "a,b,y"; for (i = 0; i < 100; i++) print i % 7 "," i % 5 "," (i % 7) * 2 - (i % 5) }' > table.csv
cat > net.yaml <<'YAML'
data: csv('table.csv', target=y) | shuffle | batch(16)
test: split(0.2, shuffle=true)
model: [normalization, 'dense(4, activation=relu)', dense(1)]
optimizer: adam(1e-2)
seed: 3
epochs: 2
YAML

# refused WHAT WORDS ARGUMENTS: exit 2 (or $wrong), a hint, and no file changes
wrong=2
refused()
{
    what=$1
    words=$2
    shift 2
    cksum r/* > before
    run train --resume r "$@"
    is "$what" "$code" $wrong
    has "$what" "$err" "$words"
    has "$what" "$err" 'begin a new run'
    cksum r/* | cmp - before || fail "$what: files change"
}

run train net.yaml out=r -q
is 'the run' "$code" 0
for epochs in 2 4; do # with nothing left to do, and with epochs to train
    refused "seed, $epochs" "seed is now '5', but was '3'; another seed would draw" seed=5 epochs=$epochs
    refused "data, $epochs" 'must keep its rows: data is now' "data=csv('table.csv', target=y) | batch(16)" epochs=$epochs
    refused "test, $epochs" 'must keep its rows: test is now' test=none epochs=$epochs
    refused "validation, $epochs" "validation is now 'split(0.1)', but was 'none'" validation='split(0.1)' epochs=$epochs
done
refused 'the hint names the model' 'train RUNFILE start=r seed=' seed=5

# ---- what says the same, and what changes no rows ----
run train --resume r seed=3 test='split(0.2, shuffle=true)' validation=none optimizer='adam(1e-3)' epochs=3 -q
is 'the same rows' "$code" 0

# ---- a table that has changed, a run.yaml that was edited ----
echo '1,2,3' >> table.csv
wrong=3 # the data is wrong
refused 'one row more' 'the file has changed since the run was trained' epochs=5
refused 'one row more, nothing to do' 'a resumed run must keep its rows'
cp table.csv kept.csv
cut -d, -f1-2 kept.csv > table.csv
refused 'no target' 'the file has changed since the run was trained (then .*): ' epochs=5
cp kept.csv table.csv
wrong=2
sed -i '$d' table.csv
cp r/run.yaml run.yaml
sed 's/^seed: 3/seed: 4/' run.yaml > r/run.yaml
refused 'an edited seed' "seed is now '4', and was '3'" epochs=5
lacks 'an edited seed' "$err" 'when you resume'
cp run.yaml r/run.yaml

# ---- a test of its own ----
cp table.csv test.csv
run train net.yaml "test=csv('test.csv', target=y)" out=r overwrite=true -q
is 'a test of its own' "$code" 0
echo '1,2,3' >> test.csv
refused 'a test with one row more' 'rows of the test is now 101, and was 100' epochs=5
finish
