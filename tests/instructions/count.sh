#!/bin/sh
# count.sh STEP [--update]: instructions of one training step of small nets, counted by valgrind, against
# tests/instructions/budget: more than 2 % off either way fails, so that a step grows or shrinks on purpose only.
# Counts do not depend on the machine (avx2 is forced, and valgrind counts), but on the compiler: without a budget for this
# one the test is skipped, as it is without valgrind. --update writes the counts of this compiler into the file.
set -eu
step=$1 update=${2-}
budget=tests/instructions/budget
command -v valgrind >/dev/null || { echo 'skipped: no valgrind'; exit 77; }
compiler=$("${CC:-cc}" -dumpversion | cut -d. -f1)
if "${CC:-cc}" --version | grep -qi clang; then compiler=clang-$compiler; else compiler=gcc-$compiler; fi
machine=$(uname -m)
[ "$machine" = x86_64 ] && grep -q avx2 /proc/cpuinfo || { echo "skipped: counts are of avx2"; exit 77; }
[ -n "$update" ] || grep -q "^$compiler " "$budget" || { echo "skipped: no budget for $compiler"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# counted NET STEPS
counted()
{
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$step" "$1" "$2" avx2 >"$work/log" 2>&1 ||
        { tail -n 5 "$work/log" >&2; return 1; }
    sed -n 's/^summary: //p' "$work/out"
}

failures=0
for net in $("$step"); do
    few=$(counted "$net" 10)
    many=$(counted "$net" 60)
    now=$(((many - few) / 50))
    if [ -n "$update" ]; then
        { grep -v "^$compiler $net " "$budget" || true; echo "$compiler $net $now"; } | sort >"$work/new"
        cat "$work/new" >"$budget"
        echo "$net: $now"
        continue
    fi
    wanted=$(awk -v c="$compiler" -v n="$net" '$1 == c && $2 == n {print $3}' "$budget")
    if [ -z "$wanted" ] || [ $((now * 100)) -gt $((wanted * 102)) ] || [ $((now * 100)) -lt $((wanted * 98)) ]; then
        echo "FAILED: $net takes $now instructions a step, budget ${wanted:-none}. If that is meant:"
        echo "    sh tests/instructions/count.sh $step --update"
        failures=$((failures + 1))
    else
        echo "$net: $now instructions a step, budget $wanted"
    fi
done
[ "$failures" -eq 0 ]
