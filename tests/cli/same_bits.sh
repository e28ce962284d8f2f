#!/bin/sh
# The same seed gives the same model file, byte for byte, on any number of threads and every instruction set here.
. tests/cli/common

sets=$("$plummet" --version | sed -n 's/.*(of: *\(.*\))$/\1/p')
[ -n "$sets" ] || fail 'no instruction sets'
# Wide enough for several threads, with widths that fill no register.
net='model=[input(64), rescaling(1/16), dense(301, activation=elu), dense(99, activation=gelu), dense(10, activation=softmax)]'
for isa in $sets; do
    for threads in 1 2 3 4; do
        run train digits "$net" data='digits | shuffle | batch(100)' epochs=2 seed=3 isa="$isa" threads=$threads out="$isa-$threads" -q
        is "$isa, $threads threads" "$code" 0
        [ -e first ] || cp "$isa-$threads/model.safetensors" first
        cmp -s "$isa-$threads/model.safetensors" first || fail "$isa, $threads threads: other bits"
        checks=$((checks + 1))
    done
done
run train digits "$net" data='digits | shuffle | batch(100)' epochs=2 seed=4 out=other -q
cmp -s other/model.safetensors first && fail 'another seed gives the same model'
finish
