#!/bin/sh
# Runs that are killed at random moments and resumed leave what one leaves that was never killed. KILLS = number of kills
# (20, or 8 under sanitizers); `tests/kills/kills.py COMMAND --kills 1000` tries more, and keeps the folders of trials
# that fail.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
kills=20
[ -z "${SANITIZED:-}" ] || kills=8 # slow there
python3 "$root/tests/kills/kills.py" "$plummet" --kills "${KILLS:-$kills}" --seed "${KILLS_SEED:-1}" > "$out" 2> "$err"
is "$(cat "$out" "$err")" $? 0
cat "$out"
finish
