#!/bin/sh
# Hostile text: names of columns, layers, metrics, outputs and files, cells and specs with escape sequences, C1, bidirectional
# marks, separators of lines and bytes that are no UTF-8 go through every verb; none of it reaches stdout or stderr as it is.
. tests/cli/common

esc=$(printf '\033[2J\033]0;pwn\007')
c1=$(printf '\302\233\062J\302\205')
bidi=$(printf '\342\200\256\342\201\246\342\200\217')
line=$(printf '\342\200\250\342\200\251')
bytes=$(printf '\351\377')
all=$esc$c1$bidi$line$bytes

# What must not be there: controls but newline, C1, marks, separators, bytes that are no UTF-8.
hits() { LC_ALL=C tr '\n' ' ' < "$1" | LC_ALL=C grep -cE "$(printf '[\001-\010\011\013-\037\177]|\302[\200-\237]|\342\200[\216\217\250-\256]|\342\201[\246-\251]|\351\377|\351\303')" || true; }
clean() # WHAT
{
    is "$1: stdout" "$(hits "$out")" 0
    is "$1: stderr" "$(hits "$err")" 0
}

printf '%s' "$all" > sample
is 'the test sees hostile text' "$(hits sample)" 1

# ---- columns, cells and file names ----
file="t$esc$c1.csv"
{ printf 'a%s,b%s,"c%s,d",y\n' "$esc" "$c1$line" "$bidi"; i=0; while [ $i -lt 20 ]; do echo "$i,$((20 - i)),$((i % 3)),$((2 * i))"; i=$((i + 1)); done; } > "$file"
cp "$file" plain.csv
printf "data: csv('plain.csv') | shuffle\nvalidation: split(0.2)\ntest: split(0.2)\nmodel: [normalization, dense(1)]\nloss: mse\nepochs: 2\n" > net.yaml
run train net.yaml out=run
is 'train' "$code" 0
clean 'train, hostile columns'
run train net.yaml out=run2 data="csv('$file')" metrics='[mae(name="m,1")]'
is 'train, hostile file name' "$code" 0
clean 'train, hostile file name'
run train net.yaml out=run3 "data=csv('$file')" --dry-run
clean 'train --dry-run'
run train --resume run2 epochs=3 --json
is 'a hostile file name survives run.yaml' "$code" 0
clean 'train --resume --json'
run train net.yaml out="o$esc$c1" epochs=1
clean 'train, hostile folder'
run train net.yaml name="n$esc$c1" epochs=1
clean 'train, hostile name'
for verb in 'evaluate run plain.csv' 'evaluate run' 'evaluate run --json' 'predict run plain.csv' 'summary run' 'summary net.yaml' \
    'lr-find net.yaml --steps 10' 'predict run plain.csv --format jsonl'; do
    run $verb
    is "$verb" "$code" 0
    clean "$verb"
done
run predict run "$file" -o "p$esc.csv"
clean 'predict -o, hostile names'
printf 'a,b,c,y\n1,2,%s,4\n' "$all" > cell.csv
for verb in evaluate predict; do
    run $verb run cell.csv
    is "$verb, a hostile cell" "$code" 3
    clean "$verb, a hostile cell"
done
run train net.yaml data="csv('cell.csv')"
clean 'train, a hostile cell'

# ---- names in a model file: the same length, so that only the name changes ----
printf "data: csv('plain.csv')\nmodel: [input(3), 'dense(4, name=AABB)', 'dense(1, name=CCDD)']\nloss: mse\nmetrics: ['mae(name=EEFF)']\nepochs: 1\n" > named.yaml
run train named.yaml out=named -q
is 'train, plain names' "$code" 0
for word in AABB CCDD EEFF; do
    LC_ALL=C sed "s/$word/$(printf '\302\233\302\205')/g" named/model.safetensors > forged.safetensors
    for verb in 'summary forged.safetensors' 'evaluate forged.safetensors plain.csv' 'predict forged.safetensors plain.csv'; do
        run $verb
        [ "$code" -ne 0 ] || fail "$verb: $word was taken"
        clean "$verb: $word"
    done
done
# ---- names said in specs ----
for spec in "dense(1, name='$esc')" "dense(1, name='$c1')" "dense(1, name='$bidi')" "$all" "dense($all)" "dense(1, $all=2)" \
    "dense(1, activation=$c1)" "dense(1, activation='$all')"; do
    run train net.yaml model="[$spec]"
    is 'a hostile layer' "$code" 2
    clean 'a hostile layer'
done
run train net.yaml metrics="[mae(name='$esc')]"
is 'a hostile metric' "$code" 2
clean 'a hostile metric'
for words in "describe $all" "describe layer $all" "describe key $all" "help $all" "$all" "train $all" "train --$all" "train net.yaml $all=1" \
    "train net.yaml optimizer=$all" "train net.yaml loss=$all" "train net.yaml epochs=$all" "summary $all" "evaluate run $all" \
    "predict run $all" "plot $all" "plot activation $all" "evaluate run plain.csv --assert $all" "lr-find $all" "pretrain $all"; do
    run $words
    [ "$code" -ne 0 ] || fail "hostile words were taken: $words"
    clean "hostile words"
done
printf 'data: digits\n%s: 1\n' "$c1" > key.yaml
run train key.yaml
clean 'a hostile key'
printf 'data: "%s"\nmodel: ["dense(1)"]\n' '\e[2J\x9b' > value.yaml
run train value.yaml
clean 'a hostile value'

# ---- predictions: escapes on a terminal, the names as they are in a pipe ----
if python3 -c 'import pty; pty.openpty()' 2> /dev/null; then # where terminals can be made
    awk 'BEGIN { print "size,kind"; for (i = 0; i < 60; i++) printf "%d,%s\n", i * 37 % 61, i * 37 % 61 < 30 ? "a\033[2Jb" : "c" }' > kinds.csv
    run train kinds.csv target=kind effort=quick nets=1 -q out=kinds
    is 'classes with control characters' "$code" 0
    python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$plummet" predict kinds kinds.csv > shown < /dev/null
    has 'predict on a terminal' shown 'a\\x1b\[2Jb'
    is 'predict on a terminal: escape characters' "$(tr -dc '\033' < shown | wc -c | tr -d ' ')" 0
    is 'predict on a terminal: lines' "$(wc -l < shown | tr -d ' ')" 61
    run predict kinds kinds.csv
    has 'predict in a pipe' "$out" "$(printf '^a\033\\[2Jb,')"
fi

# ---- JSON is JSON ----
if command -v python3 > /dev/null; then
    printf '%s' '{"a": 1}' > json
    run evaluate run2 plain.csv --json
    cat "$out" > json
    python3 -c 'import json, sys; [json.loads(l) for l in open("json", "rb").read().decode().splitlines()]' || fail 'JSON'
fi
finish
