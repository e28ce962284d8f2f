#!/bin/sh
# layers.sh LAYERS: four times the layers take four times the instructions, counted by valgrind, whatever is done with a
# net: a pass over layers within a pass over layers fails here. Counts depend neither on the machine's speed nor its load.
set -eu
layers=$1
command -v valgrind >/dev/null || { echo 'skipped: no valgrind'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

counted()
{
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$layers" "$1" "$work/net.safetensors" >"$work/log" 2>&1 ||
        { tail -n 5 "$work/log" >&2; return 1; }
    sed -n 's/^summary: //p' "$work/out"
}

few=$(counted 200)
many=$(counted 800)
echo "200 layers: $few instructions, 800 layers: $many"
if [ $((many * 10)) -gt $((few * 46)) ]; then
    echo "FAILED: more than 4.6 times as many. See which function grows: valgrind --tool=callgrind $layers 800"
    exit 1
fi
