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
finish
