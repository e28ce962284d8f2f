#!/bin/sh
# What a new kind costs: one file. In a copy of src/, an existing kind of each family is copied under a new name (a file
# beside the others, or a row beside others). Nothing else is touched: the registry is written anew, it and the new
# files are compiled, and a program trains with all of them.
#   one_file.sh CC       BUILD = a build with its objects
set -eu
cc=$1
root=$(pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/one_file.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp -R "$root/src" "$work/src"
objects=$BUILD/CMakeFiles/plm_objects.dir
[ -d "$objects/src" ] || { echo "skipped: no objects at $objects"; exit 77; }

# Kinds with a file of their own: FOLDER FAMILY KIND becomes added_FAMILY.
new=
file() {
    sed -e "s/plm_$2_$3\\b/plm_$2_added_$2/g" -e "s/\\.name = \"$3\"/.name = \"added_$2\"/" \
        -e '/\.alias = /s/\.alias = "[^"]*",\{0,1\}//' "$root/src/$1/$3.c" >"$work/src/$1/added_$2.c"
    grep -q "\"added_$2\"" "$work/src/$1/added_$2.c" || { echo "$1/$3.c: no .name = \"$3\""; exit 1; }
    new="$new src/$1/added_$2.c"
}
file nn/layer layer rescaling
file nn/optimizer optimizer lion
file op op unit_normalize
file data/transform transform skip
file data/source source idx
file train/observer observer terminate_on_nan
file format format safetensors

# Kinds that are rows beside others: FILE FAMILY KIND. The row is repeated under a new name, at the end of its file.
changed=
row() {
    awk -v family="$2" -v kind="$3" '
        function added(line) {
            gsub("\"" kind "\"", "\"added_" family "\"", line)
            gsub("_" kind " =", "_added_" family " =", line)
            gsub(/\.alias = "[^"]*",?/, "", line)
            return line
        }
        $0 ~ "^const plm_" family "_kind plm_" family "_" kind " = " { inside = 1 }
        { print }
        inside { block[++lines] = added($0) }
        inside && /;$/ { inside = 0 }
        END { for (i = 1; i <= lines; i++) print block[i] }' "$root/src/$1" >"$work/src/$1"
    grep -q "\"added_$2\"" "$work/src/$1" || { echo "$1: no row $3"; exit 1; }
    changed="$changed src/$1"
}
row op/activation/bounded.c activation softsign
row op/loss_table.c loss log_cosh
row nn/metric.c metric binary_accuracy
row nn/initializer_fan.c initializer he_normal
row nn/regularizer.c regularizer l2
row nn/constraint.c constraint max_norm
row nn/schedule_cosine.c schedule cosine_decay

# The registry, as the build writes it.
find "$work/src/nn" "$work/src/op" "$work/src/data" "$work/src/train" "$work/src/study" "$work/src/format" -name '*.c' | sort | tr '\n' ';' |
    sed 's/;$//' >"$work/list"
cmake -D root="$work" -D list="$work/list" -D out="$work/registry.c" -P "$root/cmake/registry.cmake"

set -- -std=gnu11 -D_GNU_SOURCE -fPIC -O0 -w -I"$root/include" -I"$work/src" -I"$root/src" -I"$BUILD/generated"
cd "$work"
compiled=
for source in $new $changed registry.c; do
    object=$(echo "$source" | tr / _).o
    "$cc" "$@" -c "$source" -o "$object"
    compiled="$compiled $object"
done
# Objects of the build, but for those whose source is gone.
kept=$(find "$objects/src" -name '*.o' | while read -r object; do
    source=${object#"$objects/"}
    [ ! -e "$root/${source%.o}" ] || echo "$object"
done)
kept="$kept $(find "$objects" -name '*.o' ! -path "$objects/src/*")"
kept=$(echo "$kept" | tr ' ' '\n')
for source in $changed generated/registry.c; do
    kept=$(echo "$kept" | grep -v "/$source.o\$")
done
libraries=
for name in yaml-0.1 sqlite3; do # where the build reads run files and databases
    libraries="$libraries $(pkg-config --libs "$name" 2>/dev/null || true)"
done
# shellcheck disable=SC2086 # lists of files
"$cc" "$@" -o program "$root/tests/structure/one_file.c" $compiled $kept -lz -ljansson $libraries -lm -lpthread
./program
