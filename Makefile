# Forwards to CMake, which does the work (see CMakePresets.json). PREFIX, DESTDIR and JOBS may be given.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BUILD = build/release

all: $(BUILD)/CMakeCache.txt
	cmake --build --preset release -j $(JOBS)

$(BUILD)/CMakeCache.txt: CMakePresets.json
	cmake --preset release -D "CMAKE_INSTALL_PREFIX=$(PREFIX)"

# The tests of the release build; ./check runs those of the other builds too.
check: all
	ctest --preset release -j $(JOBS)

check-all:
	./check --all

bench: all
	bench/run

install: all
	cmake --install $(BUILD) --prefix "$(PREFIX)"

clean:
	rm -rf build

.PHONY: all check check-all bench install clean
