#!/bin/sh
# What predict must not replace, where its rows go, folders without a model, a table for a source.
. tests/cli/common

awk 'BEGIN { print "a,b,y"; for (i = 0; i < 20; i++) print i % 7 "," i % 5 "," i % 3 }' > new.csv
cat > net.yaml <<'YAML'
data: csv('new.csv', target=y) | batch(4)
model: [normalization, dense(1)]
epochs: 1
YAML
run train net.yaml out=r -q
is 'the run' "$code" 0
ln new.csv hard.csv
ln -s new.csv soft.csv
ln -s . here
cksum new.csv r/model.safetensors > before

# refused OUTPUT DATA
refused()
{
    run predict r "$2" -o "$1" -f csv
    is "predict $2 -o $1" "$code" 2
    has "predict $2 -o $1" "$err" 'would overwrite their own input'
    cksum new.csv r/model.safetensors | cmp - before || fail "predict $2 -o $1: a file changes"
}
for name in new.csv ./new.csv here/new.csv hard.csv soft.csv "$work/new.csv"; do
    refused "$name" new.csv
done
refused new.csv "csv('new.csv', target=y) | batch(2)"
refused new.csv 'csv("soft.csv")'
refused r/model.safetensors new.csv
"$plummet" predict r - -o new.csv < new.csv > "$out" 2> "$err"
is 'predict - -o its input' $? 2
cksum new.csv r/model.safetensors | cmp - before || fail 'predict - -o its input: a file changes'
run predict r "csv('new.csv" -o other.csv # a name whose quote does not end
is 'predict csv(QUOTE -o' "$code" 2
has 'predict csv(QUOTE -o' "$err" 'a quoted text does not end'

# ---- standard output, endings ----
run predict r new.csv
cp "$out" plain
run predict r new.csv -o -
is '-o -' "$code" 0
cmp "$out" plain || fail '-o -: other rows'
[ ! -e ./- ] || fail '-o -: a file of the name -'
for name in x.parquet x.json x.csv.gz; do
    run predict r new.csv -o $name
    is "-o $name" "$code" 2
    has "-o $name" "$err" 'no format has the ending'
    [ ! -e $name ] || fail "-o $name: a file"
done
run predict r new.csv -o x.parquet -f csv
is 'a format that is given' "$code" 0
run predict r new.csv -o x.CSV
is 'capitals' "$code" 0
run predict r new.csv -o /dev/null
is '/dev/null' "$code" 0

# ---- a folder without a model ----
mkdir k9 empty
cp r/run.yaml k9
for arguments in 'predict k9 new.csv' 'evaluate k9 new.csv' 'evaluate k9' 'summary k9' 'train net.yaml start=k9'; do
    # shellcheck disable=SC2086 # words
    run $arguments
    is "$arguments" "$code" 5
    has "$arguments" "$err" 'this run has no model yet'
    has "$arguments" "$err" 'plummet train --resume k9'
done
run summary empty
has 'an empty folder' "$err" 'there is no model in this folder'

# ---- a table for a source ----
for data in new.csv 'new.csv | shuffle'; do
    run train net.yaml "data=$data"
    is "data=$data" "$code" 2
    has "data=$data" "$err" "csv('new.csv', target="
done
finish
