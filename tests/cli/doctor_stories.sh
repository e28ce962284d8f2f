#!/bin/sh
# The stories of docs/guide/doctor and the page four-problems: each command prints what stands there.
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
python3 -c '' 2> /dev/null || exit 77
PLUMMET=$plummet python3 "$root/tools/stories" > "$out" 2>&1
is 'tools/stories' $? 0
cat "$out"
finish
