#!/bin/sh
# What a new text that a model keeps costs: a row in model/settings.h and the code that uses it. In a copy of src/, the row
# "planted" and a function that sets it are added, nothing else. The sources that know of the table are compiled anew; then
# a program finds the text again in a file, a checkpoint and a clone, and an older file, without it, can be read.
#   one_setting.sh CC       BUILD = a build with its objects
set -eu
cc=$1
root=$(pwd)
objects=$BUILD/CMakeFiles/plm_objects.dir
[ -d "$objects/src" ] || { echo "skipped: no objects at $objects"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/one_setting.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp -R "$root/src" "$work/src"

# place 1: the row, before the first one
awk '/^    ROW\(OPTIMIZER/ { print "    ROW(PLANTED, \"planted\", false) \\" } { print }' \
    "$root/src/model/settings.h" >"$work/src/model/settings.h"
grep -q PLANTED "$work/src/model/settings.h" || { echo "model/settings.h: no row OPTIMIZER"; exit 1; }
# place 2: its user
cat >"$work/src/model/planted.c" <<'END'
#include "model/model.h"

plm_status plm_model_set_planted(plm_model *m, const char *text);

plm_status plm_model_set_planted(plm_model *m, const char *text)
{
    m->setting[PLM_SETTING_PLANTED] = plm_arena_text(&m->arena, text, SIZE_MAX);
    return m->setting[PLM_SETTING_PLANTED] != NULL ? PLM_OK : PLM_E_MEMORY;
}
END

# The sources that see the table: those that include its header, or a header that includes it.
cd "$work/src"
echo model/settings.h >seen
while :; do
    sed 's/.*/#include "&"/' seen >patterns
    grep -rlFf patterns --include='*.h' . | sed 's|^\./||' | sort -u - seen >included
    cmp -s included seen && break
    mv included seen
done
sources=$(grep -rlFf patterns --include='*.c' . | sed 's|^\./||' | sort)
echo "$sources" >compiled
[ "$(grep -c . compiled)" -gt 50 ] || { echo "only $(grep -c . compiled) sources see model/settings.h"; exit 1; }

# They are compiled anew; all other objects are those of the build.
cd "$work"
mkdir new
# shellcheck disable=SC2016 # the inner shell expands them
echo "$sources" | xargs -P 2 -I {} sh -c 'name=$(echo "$1" | tr / _)
    exec "$2" -std=gnu11 -D_GNU_SOURCE -fPIC -O0 -w -I"$3/include" -Isrc -I"$4/generated" -c "src/$1" -o "new/$name.o"' \
    sh {} "$cc" "$root" "$BUILD"
kept=$(find "$objects" -name '*.o' | while read -r object; do
    source=${object#"$objects/src/"}
    source=${source%.o}
    if [ "$source" = "${object%.o}" ]; then # not of src: generated
        echo "$object"
    elif [ -f "src/$source" ] && ! grep -qxF "$source" src/compiled; then
        echo "$object"
    fi
done)
libraries=
for name in yaml-0.1 sqlite3; do # where the build reads run files and databases
    libraries="$libraries $(pkg-config --libs "$name" 2>/dev/null || true)"
done
# shellcheck disable=SC2086 # lists of files
"$cc" -std=gnu11 -D_GNU_SOURCE -O0 -w -I"$root/include" -Isrc -I"$BUILD/generated" -o program \
    "$root/tests/structure/one_setting.c" new/*.o $kept -lz -ljansson $libraries -lm -lpthread
mkdir files
./program files
