# clang, by a toolchain file: a compiler set as a cache variable makes CMake forget the rest of the cache.
set(CMAKE_C_COMPILER clang)
