#!/bin/sh
# A named pipe or device in place of a model, checkpoint or run file: an error at once, where a pipe that nobody writes to
# would be waited for without end. A table may come from a pipe, and a run file from an open one.
. tests/cli/common

cat > net.yaml <<'YAML'
data: digits | take(200) | batch(50)
model: [input(64), 'dense(10, activation=softmax)']
epochs: 1
YAML

# quick ARGUMENTS: as run, but no longer than 20 s
quick()
{
    timeout 20 "$plummet" "$@" > "$out" 2> "$err" < /dev/null
    code=$?
}

run train net.yaml out=whole -q
is 'a run' "$code" 0
mkfifo pipe.safetensors pipe.yaml

for verb in evaluate predict summary; do
    [ $verb = summary ] && quick $verb pipe.safetensors || quick $verb pipe.safetensors digits
    is "$verb, a pipe" "$code" 5
    has "$verb, a pipe" "$err" 'where: pipe.safetensors$'
    has "$verb, a pipe" "$err" 'this is a pipe, but a model can be read only from a file$'
    has "$verb, a pipe" "$err" 'hint: write it to a file first, and name that file$'
done
quick train net.yaml start=pipe.safetensors out=new
is 'start: a pipe' "$code" 5
has 'start: a pipe' "$err" 'this is a pipe, but a model'
quick summary /dev/zero
is 'a device' "$code" 5
has 'a device' "$err" 'this is a device, but a model'

quick train pipe.yaml
is 'a run file' "$code" 5
has 'a run file' "$err" 'this is a pipe, but a run file can be read only from a file$'

# spoiled FILE WORDS ARGUMENTS: a pipe in place of a file of a run
spoiled()
{
    rm -rf run
    cp -r whole run
    rm "run/$1"
    mkfifo "run/$1"
    words=$2
    file=$1
    shift 2
    quick "$@"
    is "$file is a pipe: $*" "$code" 5
    has "$file is a pipe: $*" "$err" "$words"
}
spoiled run.yaml 'this is a pipe, but a run file' train --resume run
spoiled run.yaml 'this is a pipe, but a run file' evaluate run
spoiled checkpoint.safetensors 'this is a pipe, but a model' train --resume run epochs=2
spoiled model.safetensors 'this is a pipe, but a model' summary run
spoiled model.safetensors 'this is a pipe, but a model' predict run digits
spoiled history.csv 'history.csv' train --resume run epochs=2

# ---- what comes from a pipe and is read once goes on working ----
cat net.yaml | "$plummet" train /dev/fd/3 out=piped -q 3<&0 > "$out" 2> "$err"
is 'a run file from an open pipe' $? 0
printf 'a,b,y\n1,0,1\n2,1,3\n3,1,4\n' > rows.csv
run train data="csv('rows.csv', target=y)" net.yaml 'model=[input(2), dense(1)]' out=rows -q
is 'a table' "$code" 0
cat rows.csv | "$plummet" predict rows /dev/stdin > "$out" 2> "$err"
is 'a table from a pipe' $? 0
is 'a table from a pipe: rows' "$(wc -l < "$out" | tr -d ' ')" 4
mkfifo rows.fifo
cat rows.csv > rows.fifo &
"$plummet" predict rows rows.fifo > "$out" 2> "$err"
is 'a table from a named pipe' $? 0
is 'a table from a named pipe: rows' "$(wc -l < "$out" | tr -d ' ')" 4
wait
finish
