#!/bin/sh
# The structural checks themselves: each rule must find the breach planted for it in a small house, and nothing else.
set -eu
root=$PWD
house=$BUILD/tests/house
rm -rf "$house"
mkdir -p "$house/tools" "$house/src/base" "$house/src/kernel" "$house/src/graph" "$house/src/draw" "$house/src/nn/layer" \
    "$house/cli" "$house/examples" "$house/include" "$house/bench" "$house/tests"
cp "$root/tools/check_layers" "$root/tools/strip.awk" "$root/tools/measure" "$house/tools"
cd "$house"

expect() {
    rule=$1 pattern=$2
    shift 2
    if found=$("$@"); then
        echo "$rule: a planted breach was not found"
        exit 1
    fi
    if ! echo "$found" | grep -q "$pattern" || [ "$(echo "$found" | grep -vcE ' functions, |^comments in |commented$')" -ne 1 ]; then
        printf '%s: expected one breach like "%s", found:\n%s\n' "$rule" "$pattern" "$found"
        exit 1
    fi
}

cat >include/plummet.h <<'END'
/* A comment. */
#define PLM_API
/* A handle. */
typedef struct plm plm;

/* Opens. */
PLM_API plm *plm_open(void);
PLM_API int plm_threads(void);
END
printf '#include "graph/op.h"\n' >src/graph/graph.c
printf '#include "plummet.h"\n' >src/graph/op.h
cat >src/nn/layer/dense.c <<'END'
#include "graph/op.h"
/* rand() in a comment, and getenv( too */
static const char *const text = "exit(1)";
const plm_layer_kind plm_layer_dense = {.kind = {.name = "dense"}};
END
for rule in includes system banned kinds comments statuses; do
    tools/check_layers $rule || { echo "$rule finds what is no breach"; exit 1; }
done
tools/measure >/dev/null

printf '#include "graph/op.h"\n' >src/base/text.c
expect includes 'base lies below graph' tools/check_layers includes
printf '#include "base/arena.h"\n' >src/kernel/gemm.c && rm src/base/text.c
expect includes 'kernel/ sees' tools/check_layers includes
printf '#include "base/runtime.h"\n' >src/kernel/gemm.c
printf '#include "graph/op.h"\n' >cli/main.c
expect includes 'the command sees' tools/check_layers includes
printf '#include "draw/chart.h"\n' >cli/main.c
printf '#include "draw/draw.h"\n' >src/draw/chart.h
tools/check_layers includes
printf '#include "plummet.h"\n' >src/draw/chart.h
expect includes 'draw/ sees itself only' tools/check_layers includes
printf '#include "draw/draw.h"\n' >src/draw/chart.h
printf '#include "draw/chart.h"\n' >src/graph/graph.c
expect includes 'not a floor' tools/check_layers includes
rm src/draw/chart.h src/graph/graph.c
printf 'int main(void)\n{\n    return atoi("1");\n}\n' >cli/main.c
expect banned 'main.c:3: a banned call' tools/check_layers banned
printf 'int main(void)\n{\n    exit(1);\n}\n' >cli/main.c
tools/check_layers banned
printf 'void plm_stop(void)\n{\n    exit(1);\n}\n' >src/base/text.c
expect banned 'not in the library' tools/check_layers banned
printf 'void plm_stop(FILE *f)\n{\n    fputs("to f", f);\n    fputs("x", stderr);\n}\n' >src/base/text.c
expect banned 'text.c:4: not in the library' tools/check_layers banned
printf 'void plm_stop(void *p)\n{\n    free(p);\n}\n' >src/base/text.c
expect banned 'memory comes from' tools/check_layers banned
rm src/base/text.c

printf '#include <sys/stat.h>\n' >src/graph/graph.c
printf '#define _POSIX_C_SOURCE 200809L\n#include <unistd.h>\n' >src/base/system.c
expect system 'graph.c:1: only src/base' tools/check_layers system
printf '#define _GNU_SOURCE\n' >src/graph/graph.c
expect system 'graph.c:1: only src/base' tools/check_layers system
rm src/graph/graph.c src/base/system.c

mv src/nn/layer/dense.c src/nn/layer/thick.c
expect kinds "." sh -c 'tools/check_layers kinds | head -n 1; exit 1'
mv src/nn/layer/thick.c src/nn/layer/dense.c
printf 'static const void *k = &plm_layer_dense.kind;\n' >src/graph/graph.c
expect kinds 'outside its file' tools/check_layers kinds
rm src/graph/graph.c

printf '\nPLM_API int plm_bare(void);\n' >>include/plummet.h
expect comments 'plm_bare' tools/check_layers comments

printf 'plm_status plm_bare(void);\nPLM_CHECKED plm_status plm_good(void);\n' >src/graph/op.h
expect statuses 'plm_bare' tools/check_layers statuses

{
    printf 'static int long_one(int a)\n{\n'
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        printf '    a += %s;\n    /* not counted */\n\n' $i
    done
    printf '    return a;\n}\n'
} >src/graph/graph.c
expect lines 'more than a tenth' tools/measure
sed -i 's/    a += 5;/&\n&\n&\n&\n&\n&\n&\n&\n/' src/graph/graph.c
for i in 1 2 3 4 5 6 7 8 9; do
    printf 'static int short_%s(int a)\n{\n    return a;\n}\n' $i
done >src/graph/short.c
printf 'static int short_10(int a)\n{\n    return a;\n}\n' >>src/graph/short.c
expect lines 'long_one: 41 lines, budget 40' tools/measure
echo 'src/graph/graph.c long_one lines 41 a list' >tools/exceptions.txt
tools/measure >/dev/null

cat >src/base/state.c <<'END'
static const char *const names[] = {"a", "b"};
static int counter;
const char *plm_next(void);
const char *plm_next(void)
{
    return names[counter++ & 1];
}
END
${CC:-cc} -fPIC -c src/base/state.c -o state.o
ar rcs libplummet.a state.o
expect globals 'counter' tools/check_layers globals .
sed -i 's/^static int counter;//; s/counter++ & 1/0/; s/plm_next/next/' src/base/state.c
${CC:-cc} -fPIC -c src/base/state.c -o state.o
rm libplummet.a
ar rcs libplummet.a state.o
tools/check_layers globals .
expect names 'next' tools/check_layers names .

mkdir -p CMakeFiles/house.dir/src/base CMakeFiles/house.dir/src/graph
compile() { ${CC:-cc} -c "$1" -o "CMakeFiles/house.dir/$1.o"; }
printf 'int plm_up(void);\nint plm_low(int n)\n{\n    return n ? plm_up() : 1;\n}\n' >src/base/state.c
printf 'int plm_low(int n);\nint plm_high(void)\n{\n    return plm_low(1);\n}\n' >src/graph/graph.c
compile src/base/state.c
compile src/graph/graph.c
tools/check_layers circles .
tools/check_layers calls .
printf 'int plm_up(void)\n{\n    return 0;\n}\n' >>src/graph/graph.c
compile src/graph/graph.c
expect calls 'base lies below graph and may not call plm_up' tools/check_layers calls .
expect circles 'src/base/state.c:1: in a circle' sh -c 'tools/check_layers circles . | head -n 1; exit 1'
rm -r CMakeFiles/house.dir/src
expect circles 'no object files' tools/check_layers circles .
