#!/bin/sh
# Runs that are killed at random moments and resumed leave what one leaves that was never killed. KILLS = how many kills;
# `tests/kills/kills.py COMMAND --kills 1000` tries more, and keeps the folders of trials that fail.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 "$root/tests/kills/kills.py" "$plummet" --kills "${KILLS:-20}" --seed "${KILLS_SEED:-1}" > "$out" 2> "$err"
is "$(cat "$out" "$err")" $? 0
cat "$out"
finish
