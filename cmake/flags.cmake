# How everything is compiled: plm_flags is linked by every target of ours and by nothing outside.
add_library(plm_flags INTERFACE)

# No contraction and no -ffast-math: the same bits everywhere. Without errno and traps of mathematics, which the
# library never reads, square roots and comparisons may be vectorised; no result changes.
target_compile_options(plm_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wformat-security -ffp-contract=off -fno-math-errno -fno-trapping-math)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # Vectors are passed between inlined functions only, so a change of their calling convention is no news.
    target_compile_options(plm_flags INTERFACE -Wno-psabi)
endif()
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

# The kernels end with vzeroupper where it is due (src/kernel/registers.h): the one that gcc inserts when it optimizes
# would be a second one.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(src/kernel/avx2.c src/kernel/avx512.c PROPERTIES COMPILE_OPTIONS -mno-vzeroupper)
endif()

if(PLM_WERROR)
    target_compile_options(plm_flags INTERFACE -Werror)
endif()
if(PLM_DOUBLE)
    target_compile_definitions(plm_flags INTERFACE PLM_DOUBLE)
    # The double build is run where it is built: its only kernels, the plain ones, take fma as an instruction where this
    # machine has it. The bits are those of the function of libm, which took half the time of the tests of gradients.
    include(CheckCSourceRuns)
    set(CMAKE_REQUIRED_FLAGS -mfma)
    check_c_source_runs("int main(void) { return !__builtin_cpu_supports(\"fma\"); }" PLM_HAS_FMA)
    unset(CMAKE_REQUIRED_FLAGS)
    if(PLM_HAS_FMA)
        set_source_files_properties(src/kernel/plain.c PROPERTIES COMPILE_OPTIONS -mfma)
    endif()
endif()
if(PLM_SANITIZE)
    target_compile_options(plm_flags INTERFACE -fsanitize=${PLM_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(plm_flags INTERFACE -fsanitize=${PLM_SANITIZE})
endif()
if(PLM_FUZZ)
    target_compile_options(plm_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PLM_COVERAGE)
    target_compile_options(plm_flags INTERFACE --coverage)
    target_link_options(plm_flags INTERFACE --coverage)
endif()
