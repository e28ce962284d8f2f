#!/bin/sh
# What a new verb of the command costs: one file. The verb that CONTRIBUTING.md shows is planted as cli/verb_isa.c, the
# list of verbs is written anew, and the command is linked with these two and the objects of the build. The verb then has
# its row in the help, its section in the manual page, its options, and is suggested for names that are similar.
#   one_verb.sh CC       BUILD = a build with its objects
set -eu
cc=$1
root=$(pwd)
objects=$BUILD/CMakeFiles/plummet.dir
[ -d "$objects/cli" ] || { echo "skipped: no objects at $objects"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/one_verb.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/cli"
cp "$root"/cli/*.[ch] "$work/cli"
awk '/^## Add a verb/ { here = 1 } here && /^```$/ { exit } code { print } here && /^```c$/ { code = 1 }' \
    "$root/CONTRIBUTING.md" >"$work/cli/verb_isa.c"
grep -q plm_verb_isa "$work/cli/verb_isa.c" || { echo "CONTRIBUTING.md shows no verb"; exit 1; }

find "$work/cli" -name 'verb_*.c' | tr '\n' ';' | sed 's/;$//' >"$work/list"
cmake -D list="$work/list" -D out="$work/verbs.c" -P "$root/cmake/verbs.cmake"
cd "$work"
for source in cli/verb_isa.c verbs.c; do
    "$cc" -std=gnu11 -Wall -Wextra -Werror -Icli -I"$root/include" -I"$root/src" -c "$source"
done
kept=
for object in "$objects"/cli/*.o; do # not those of sources that are gone
    source=$(basename "$object" .o)
    [ ! -f "$root/cli/$source" ] || kept="$kept $object"
done
libraries=
for name in yaml-0.1 cairo sqlite3; do # those that the build found
    libraries="$libraries $(pkg-config --libs "$name" 2>/dev/null || true)"
done
# shellcheck disable=SC2086 # lists of files
"$cc" -o plummet verb_isa.o verbs.o $kept "$BUILD/libplm_report.a" "$BUILD/libplm_plot.a" "$BUILD/libplm_show.a" "$BUILD/libplm_draw.a" "$BUILD/libplummet.a" $libraries -lz -ljansson -lm -lpthread

expect() {
    what=$1 pattern=$2
    shift 2
    "$@" >found 2>&1 || true
    grep -qe "$pattern" found || { echo "$what: no '$pattern' in"; cat found; exit 1; }
}
expect 'help' '^  isa  *the instruction set in use' ./plummet help
expect 'manual page' '^\.SS plummet isa' ./plummet help --man
expect 'similar verb' 'did you mean isa?' ./plummet iza
expect 'its help' '-a, --all' ./plummet isa --help
expect 'similar option' 'did you mean --all?' ./plummet isa --alll
expect 'result' '^plain$' ./plummet isa -a
[ "$(./plummet help | awk '$1 == "describe" || $1 == "isa" || $1 == "help" { printf "%s ", $1 }')" = 'describe isa help ' ] ||
    { echo "order: not between describe and help, as .order says"; exit 1; }
# a descriptor without its place in the help is a fault of the build, not a verb that is missing
sed -i.bak '/\.order/d' cli/verb_isa.c
if cmake -D list="$work/list" -D out="$work/verbs.c" -P "$root/cmake/verbs.cmake" >found 2>&1; then
    echo "a verb without .order is accepted"
    exit 1
fi
grep -q 'needs .order' found
echo "a verb costs one file"
