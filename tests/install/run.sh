#!/bin/sh
# run.sh pkgconfig|package|command|header: uses plummet as a stranger would, from an installed tree that was moved after
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

case $1 in
pkgconfig)
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
