#!/bin/sh
# What `describe` tells programs.
. tests/cli/common
if command -v python3 > /dev/null; then
    python3 "$root/tests/cli/describe_json.py" "$plummet" > report 2>&1
    is 'describe --json' "$?" 0
    [ ! -s report ] || sed 's/^/    /' report
else
    echo 'no python3: describe --json is not tested'
fi

# Words that a key takes, and that are in no family, are described with the key.
while read -r word key; do
    run describe "$word"
    is "describe $word" "$code" 0
    has "describe $word" "$out" "^key $key\$"
done << 'END'
dmy columns
quantile columns
min_max columns
number columns
decimal_comma columns
labels columns
log_uniform search
whole search
choice search
partial define
balanced class_weight
END
run describe mal_comma
is 'a part of a word' "$code" 2
finish
