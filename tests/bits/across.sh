#!/bin/sh
# across.sh PROGRAM: this build's model files have the hashes of the release build's: another compiler, machine or set of
# flags gives the same bits. PROGRAM = bits of this build, with what emulates it. Skipped where there is no release build.
set -u
release=build/release/tests/bits
[ -x "$release" ] || { echo "skipped: no $release to compare with"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$release" --hashes >"$work/release" || { echo "$release fails"; exit 1; }
"$@" --hashes >"$work/here" || { echo "$* fails"; exit 1; }
if ! cmp -s "$work/release" "$work/here"; then
    echo "Other bits than the release build's (<):"
    diff "$work/release" "$work/here"
    exit 1
fi
echo "$(wc -l <"$work/here") configurations, the same bits"
