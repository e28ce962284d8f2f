# Forwards to CMake, which does the work (see CMakePresets.json). PREFIX, DESTDIR and JOBS may be given.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BUILD = build/release
INSTALLED = $(BUILD)/installed.txt

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
	@cp $(BUILD)/install_manifest.txt $(INSTALLED)

# Removes the files of the last make install and the folders of plummet's own that are empty then. CMake lists them
# without DESTDIR in front.
uninstall:
	@test -f $(INSTALLED) || { \
	    echo "there is no $(INSTALLED): make install writes it"; exit 1; }
	@while IFS= read -r file || [ -n "$$file" ]; do \
	    if [ -e "$(DESTDIR)$$file" ] || [ -L "$(DESTDIR)$$file" ]; then \
	        rm "$(DESTDIR)$$file" && echo "removed $(DESTDIR)$$file"; fi; \
	    folder=$(DESTDIR)$$(dirname "$$file"); \
	    while case "$$folder" in */plummet | */plummet/*) rmdir "$$folder" 2>/dev/null ;; *) false ;; esac; do \
	        folder=$$(dirname "$$folder"); done; \
	done < $(INSTALLED)
	@rm $(INSTALLED)

help:
	@echo "make               builds the command and the libraries in $(BUILD)"
	@echo "make check         builds and runs the tests of the release build"
	@echo "make check-all     all builds and all tests (./check --all); takes long"
	@echo "make bench         measures speed (bench/run)"
	@echo "make install       installs to PREFIX, now $(PREFIX); DESTDIR goes in front of it"
	@echo "make uninstall     removes what the last make install wrote"
	@echo "make clean         removes build/"
	@echo "settings: make JOBS=2 PREFIX=/usr/local"

clean:
	rm -rf build

.PHONY: all check check-all bench install uninstall help clean
