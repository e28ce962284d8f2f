#!/bin/sh
# Tables as people have them, some hundred files: each is read right, or refused by a message that
# names the line and the column.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 "$root/tests/cli/nasty.py" "$plummet" "$work" > "$out" 2>&1
code=$?
cat "$out"
is 'nasty tables' "$code" 0
finish
