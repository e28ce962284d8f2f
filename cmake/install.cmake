# What is installed: headers, both libraries, the command, plummet.pc, the CMake package, man pages.
include(CMakePackageConfigHelpers)

file(GLOB plm_headers include/*.h)
install(FILES ${plm_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS plummet_shared EXPORT plummet_targets DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS plummet_static EXPORT plummet_static_targets DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET plummet)
    install(TARGETS plummet DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

set(plm_package ${CMAKE_INSTALL_LIBDIR}/cmake/plummet)
install(EXPORT plummet_targets NAMESPACE plummet:: FILE plummet-targets.cmake DESTINATION ${plm_package})
install(EXPORT plummet_static_targets NAMESPACE plummet:: FILE plummet-static-targets.cmake
    DESTINATION ${plm_package})
configure_package_config_file(cmake/plummet-config.cmake.in ${PROJECT_BINARY_DIR}/plummet-config.cmake
    INSTALL_DESTINATION ${plm_package} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor release may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/plummet-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/plummet-config.cmake ${PROJECT_BINARY_DIR}/plummet-config-version.cmake
    DESTINATION ${plm_package})

# The way from the .pc file up to the prefix, so that the installed tree may be moved as a whole.
cmake_path(SET plm_pc_folder "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig")
cmake_path(RELATIVE_PATH plm_pc_folder BASE_DIRECTORY "/prefix" OUTPUT_VARIABLE plm_pc_below)
string(REGEX REPLACE "[^/]+" ".." plm_pc_up "${plm_pc_below}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(plm_pc_prefix "${CMAKE_INSTALL_PREFIX}")
    set(plm_pc_libdir "${CMAKE_INSTALL_FULL_LIBDIR}")
    set(plm_pc_includedir "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
else()
    set(plm_pc_prefix "\${pcfiledir}/${plm_pc_up}")
    set(plm_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
    set(plm_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
set(plm_pc_requires "")
if(YAML_FOUND)
    string(APPEND plm_pc_requires " yaml-0.1")
endif()
if(SQLITE_FOUND)
    string(APPEND plm_pc_requires " sqlite3")
endif()
configure_file(cmake/plummet.pc.in plummet.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/plummet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Man pages: those checked in, and the one the command makes from its own tables.
file(GLOB plm_pages CONFIGURE_DEPENDS docs/man/*.1)
if(plm_pages)
    install(FILES ${plm_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
if(TARGET plummet AND NOT PLM_SANITIZE AND NOT EXISTS ${PROJECT_SOURCE_DIR}/docs/man/plummet.1)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man)
    add_custom_command(OUTPUT man/plummet.1 COMMAND plummet help --man > man/plummet.1 DEPENDS plummet
        COMMENT "Writing the manual page" VERBATIM)
    add_custom_target(manual ALL DEPENDS man/plummet.1)
    install(FILES ${PROJECT_BINARY_DIR}/man/plummet.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

install(FILES LICENSE NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.c" PATTERN "*.yaml" PATTERN learn EXCLUDE)
install(DIRECTORY docs/guide docs/images DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(FILES README.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Last: the loader must find the shared library.
install(CODE "set(plm_libdir \"${CMAKE_INSTALL_LIBDIR}\")")
install(SCRIPT cmake/loader.cmake)
