#!/bin/sh
# examples/papers: each run file and its other side, which its head names, are trained, for one epoch.
. tests/cli/common

sides=0
for file in "$root"/examples/papers/*.yaml; do
    name=$(basename "$file" .yaml)
    verb=$(sed -n 's/^# The verb: \(.*\)$/\1/p' "$file")
    run "${verb:-train}" "$file" epochs=1 out="$name" -q
    is "$name" "$code" 0
    side=$(sed -n 's/^# The other side: "\(.*\)"$/\1/p' "$file")
    run "${verb:-train}" "$file" "$side" epochs=1 out="$name-other" -q
    is "$name, $side" "$code" 0
    cmp -s "$name/model.safetensors" "$name-other/model.safetensors" && fail "$name: both sides are the same training"
    sides=$((sides + 1))
done
is 'papers' "$([ "$sides" -ge 7 ] && echo enough)" enough
finish
