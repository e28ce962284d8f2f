#!/bin/sh
# run.sh pkgconfig|package|command|header|examples|page: uses plummet as a stranger would, from an installed tree that was moved after
# it was installed. BUILD is the build folder, CC the compiler. Exit 77 = skipped.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include
work=$BUILD/tests/install-$1
rm -rf "$work"
mkdir -p "$work"

stage() {
    cmake --install "$BUILD" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
    mv "$work/first" "$work/moved"
    pc=$(find "$work/moved" -name plummet.pc)
    [ -n "$pc" ] || { echo "no plummet.pc was installed"; exit 1; }
    PKG_CONFIG_PATH=$(dirname "$pc")
    export PKG_CONFIG_PATH
    LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")")
    export LD_LIBRARY_PATH
}

pkgconfig() { command -v pkg-config >/dev/null || { echo "no pkg-config here"; exit 77; }; }

# build NAME: an example as its reader builds it, from what was installed alone
build() {
    # shellcheck disable=SC2046 # flags are words
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror "$examples/$1.c" $(pkg-config --cflags --libs plummet) -lm -o "$work/$1"
}

# shows TEXT COMMAND...: a command that is to end well and print TEXT
shows() {
    text=$1
    shift
    "$@" >"$work/said" 2>&1 || { cat "$work/said"; echo "failed: $*"; exit 1; }
    grep -q -e "$text" "$work/said" || { cat "$work/said"; echo "not printed by $*: $text"; exit 1; }
}

case $1 in
examples)
    pkgconfig
    stage
    examples=$(dirname "$(find "$work/moved" -name own_loop.c)")
    cd "$work"
    for program in "$examples"/*.c; do
        name=$(basename "$program" .c)
        build "$name"
        head -n 1 "$program" | grep -q '^/\* .*\.' || { echo "$name.c does not begin with what it shows"; exit 1; }
    done
    shows 'test accuracy [01]\.[09]' ./train_arrays moons.safetensors
    shows '^0\.' ./load_predict moons.safetensors 0.5 0.25
    shows '^best accuracy 0\.9' ./own_loop
    ;;
page)
    pkgconfig
    for compiler in "${CC:-cc}" "${CXX:-c++}"; do
        command -v "$compiler" >/dev/null || { echo "no $compiler here"; exit 77; }
    done
    stage
    mkdir "$work/bin" "$work/page"
    ln -s "$(command -v "${CC:-cc}")" "$work/bin/cc"
    ln -s "$(command -v "${CXX:-c++}")" "$work/bin/c++"
    PATH=$work/bin:$PATH
    cd "$work/page"
    steps=$(awk -f "$here/page.awk" "$here/../../docs/guide/embedding.md")
    step=0
    while [ "$step" -lt "$steps" ]; do
        step=$((step + 1))
        sh "$step.run" >"$step.got" 2>&1 </dev/null || true
        diff "$step.want" "$step.got" && continue
        echo "docs/guide/embedding.md prints other than: $(cat "$step.run")"
        exit 1
    done
    [ "$step" -ge 9 ] || { echo "only $step commands were found in docs/guide/embedding.md"; exit 1; }
    ;;
pkgconfig)
    pkgconfig
    stage
    cp "$here/pkgconfig/Makefile" "$here/net.c" "$work"
    make -s -C "$work" CC="${CC:-cc}" net net-static
    "$work/net"
    "$work/net-static"
    ;;
package)
    stage
    cmake -S "$here/package" -B "$work/build" -D CMAKE_PREFIX_PATH="$work/moved" -D CMAKE_C_COMPILER="${CC:-cc}" \
        >"$work/configure.log" 2>&1 || { cat "$work/configure.log"; exit 1; }
    cmake --build "$work/build" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
    "$work/build/net"
    "$work/build/net-static"
    # A program that asks for another minor version must be refused.
    if cmake -S "$here/package" -B "$work/other" -D CMAKE_PREFIX_PATH="$work/moved" -D version=0.99 \
        -D CMAKE_C_COMPILER="${CC:-cc}" >"$work/other.log" 2>&1; then
        echo "version 0.99 was accepted"
        exit 1
    fi
    ;;
command)
    stage
    found=$("$work/moved/bin/plummet" --version | head -n 1)
    said=$(pkg-config --modversion plummet)
    case $found in
    *"$said"*) ;;
    *) echo "plummet --version says '$found', plummet.pc '$said'"; exit 1 ;;
    esac
    if [ "$(find "$work/moved" -name 'plummet*.1' | wc -l)" -eq 0 ]; then
        echo "no man page was installed"
        exit 1
    fi
    ;;
header)
    for language in c11 c++17; do
        case $language in
        c11) compiler=${CC:-cc} ending=c ;;
        *) compiler=${CXX:-g++} ending=cc ;;
        esac
        command -v "$compiler" >/dev/null || { echo "no $compiler here"; exit 77; }
        echo '#include "plummet.h"' >"$work/alone.$ending"
        "$compiler" -std=$language -pedantic -Wall -Wextra -Werror -I"$include" -c "$work/alone.$ending" \
            -o "$work/alone.o"
    done
    "$compiler" -std=c++17 -Wall -Wextra -Werror -I"$include" "$here/net.cc" -o "$work/net" -L"$BUILD" -lplummet
    LD_LIBRARY_PATH=$BUILD "$work/net"
    ;;
esac
