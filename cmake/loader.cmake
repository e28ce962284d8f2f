# Run at the end of an installation, so that programs find the shared library. The loader of glibc knows what ldconfig has
# listed. Where the library's folder is one that ldconfig reads, root runs ldconfig; in all other cases the lines printed
# here say what to set. plm_libdir is the folder below the prefix, or an absolute one.
if(NOT "$ENV{DESTDIR}" STREQUAL "" OR NOT CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux")
    return() # staged for a package, whose installation does this
endif()
cmake_path(ABSOLUTE_PATH plm_libdir BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE OUTPUT_VARIABLE folder)
file(REAL_PATH "${folder}" real)

# Lines to standard output, which can be copied to a shell.
function(plm_say)
    foreach(line IN LISTS ARGV)
        execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${line}")
    endforeach()
endfunction()

# The folders that ldconfig reads: lines such as "/usr/local/lib: (from /etc/ld.so.conf.d/libc.conf:2)".
find_program(plm_ldconfig ldconfig PATHS /usr/sbin /sbin NO_CACHE)
set(known "")
if(plm_ldconfig)
    execute_process(COMMAND "${plm_ldconfig}" -N -X -v OUTPUT_VARIABLE listed ERROR_QUIET)
    string(REGEX MATCHALL "(^|\n)/[^\n:]*:" lines "${listed}")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^\n?(.*):$" "\\1" line "${line}")
        file(REAL_PATH "${line}" line)
        list(APPEND known "${line}")
    endforeach()
else() # not glibc: the loader searches these folders at every start
    set(known /lib /usr/lib /usr/local/lib)
endif()

list(FIND known "${real}" at)
if(at LESS 0)
    plm_say("The loader does not search ${folder}. Set this for programs that use the library:"
        "    export LD_LIBRARY_PATH=\"${folder}\""
        "or link them with -Wl,-rpath,\"${folder}\". Set this for pkg-config:"
        "    export PKG_CONFIG_PATH=\"${folder}/pkgconfig\"")
elseif(plm_ldconfig)
    execute_process(COMMAND id -u OUTPUT_VARIABLE user OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(result "not root")
    if(user STREQUAL "0")
        execute_process(COMMAND "${plm_ldconfig}" RESULT_VARIABLE result)
    endif()
    if(result STREQUAL "0")
        plm_say("ldconfig was run: the loader finds the library in ${folder}")
    else()
        plm_say("The loader does not find the library in ${folder} before root has run this:" "    ldconfig")
    endif()
endif()
