# SPDX-License-Identifier: Apache-2.0
# The four kinds of target a folder declares. Lists are explicit, a private header stands among the SOURCES.
#
#   dunlin_library(store HEADERS memory.hpp SOURCES memory.cpp DEPS dunlin::coordination PRIVATE_DEPS SQLiteCpp)
#   dunlin_sources(coordination HEADERS task_table.hpp SOURCES task_table.cpp)     a room adds to its folder's library
#   dunlin_program(dunlin SOURCES main.cpp DEPS dunlin::actors)
#   dunlin_test(task_table SOURCES task_table_test.cpp DEPS dunlin::coordination LABEL unit)
#   dunlin_fuzzer(link_session SOURCES link_session_fuzz.cpp DEPS dunlin::coordination)

# Adds `folder` if it has a CMakeLists.txt; configures again when something appears beside it.
macro(dunlin_add_folder folder)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
  endif()
endmacro()

function(dunlin_common_properties target)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:dunlin_build_flags>)
endfunction()

# Shared library dunlin_NAME, alias and export dunlin::NAME. HEADERS are public and installed under include/dunlin.
# PCH names heavy headers to precompile for this library alone.
function(dunlin_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;DEPS;PRIVATE_DEPS;PCH")
  set(target dunlin_${name})
  add_library(${target} SHARED ${arg_SOURCES})
  add_library(dunlin::${name} ALIAS ${target})
  dunlin_common_properties(${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH "$ORIGIN" VERIFY_INTERFACE_HEADER_SETS ${DUNLIN_BUILD_TESTS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  # Ours include each other from the root ("coordination/x.hpp"), a consumer writes <dunlin/coordination/x.hpp>.
  target_include_directories(${target} INTERFACE
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/dunlin>)
  target_link_libraries(${target} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
  if(arg_PCH)
    target_precompile_headers(${target} PRIVATE ${arg_PCH})
  endif()
  set_property(GLOBAL APPEND PROPERTY DUNLIN_INSTALLED_TARGETS ${target})
endfunction()

# A room of a folder adds its files to the folder's library.
function(dunlin_sources name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;DEPS;PRIVATE_DEPS")
  target_sources(dunlin_${name} PRIVATE ${arg_SOURCES})
  if(arg_HEADERS)
    target_sources(dunlin_${name} PUBLIC FILE_SET HEADERS FILES ${arg_HEADERS})
  endif()
  target_link_libraries(dunlin_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
endfunction()

# A program; with INSTALL it goes to bin/.
function(dunlin_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INSTALL" "" "SOURCES;DEPS;PCH")
  add_executable(${name} ${arg_SOURCES})
  dunlin_common_properties(${name})
  set_target_properties(${name} PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  dunlin_link_program(${name} ${arg_DEPS})
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
  if(arg_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()

# GoogleTest's headers, precompiled once for every test program: two thirds of what a small test takes to compile.
function(dunlin_reuse_test_pch target)
  if(NOT TARGET dunlin_test_pch)
    set(source ${PROJECT_BINARY_DIR}/dunlin_test_pch.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "int main() { return 0; }\n")
    add_executable(dunlin_test_pch EXCLUDE_FROM_ALL ${source})
    dunlin_common_properties(dunlin_test_pch)
    target_link_libraries(dunlin_test_pch PRIVATE GTest::gmock_main)
    target_precompile_headers(dunlin_test_pch PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM dunlin_test_pch)
endfunction()

# GoogleTest program test_NAME; each TEST is one ctest with LABEL (unit, sim, actor, system, gpu) and a TIMEOUT in seconds.
# SERIAL: its tests never run beside others. NO_PCH: for sources with compile options of their own.
function(dunlin_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL;NO_PCH" "LABEL;TIMEOUT" "SOURCES;DEPS")
  if(NOT arg_LABEL MATCHES "^(unit|sim|actor|system|gpu)$")
    message(FATAL_ERROR "dunlin_test(${name}): LABEL is one of unit, sim, actor, system, gpu")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set(target test_${name})
  add_executable(${target} ${arg_SOURCES})
  dunlin_common_properties(${target})
  dunlin_link_program(${target} ${arg_DEPS} GTest::gmock_main)
  if(NOT arg_NO_PCH)
    dunlin_reuse_test_pch(${target})
  endif()
  set_property(GLOBAL APPEND PROPERTY DUNLIN_TESTS_${arg_LABEL} ${target})
  if(arg_LABEL MATCHES "^(unit|sim)$" AND CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/(coordination|topology|gpu|store|net)")
    set_property(GLOBAL APPEND PROPERTY DUNLIN_TESTS_caf_free ${target})
  endif()
  if(arg_LABEL STREQUAL "unit" AND CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/gpu")
    set_property(GLOBAL APPEND PROPERTY DUNLIN_TESTS_device ${target})
  endif()
  set(serial)
  if(arg_SERIAL)
    set(serial RUN_SERIAL TRUE)
  endif()
  include(GoogleTest)
  gtest_discover_tests(${target} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} ${serial})
endfunction()

# libFuzzer program fuzz_NAME, built by the preset `fuzz` only. CORPUS: a folder of seeds beside it.
function(dunlin_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  if(NOT DUNLIN_BUILD_FUZZERS)
    return()
  endif()
  set(target fuzz_${name})
  add_executable(${target} ${arg_SOURCES})
  dunlin_common_properties(${target})
  target_link_libraries(${target} PRIVATE ${arg_DEPS})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_property(GLOBAL APPEND PROPERTY DUNLIN_FUZZERS ${target})
endfunction()

# Targets that `./dev check` builds: unit_tests, actor_tests, …, caf_free_tests, device_tests, fuzzers. Called once, at the very end.
function(dunlin_group_targets)
  foreach(label unit sim actor system gpu caf_free device)
    get_property(tests GLOBAL PROPERTY DUNLIN_TESTS_${label})
    add_custom_target(${label}_tests DEPENDS ${tests})
  endforeach()
  get_property(fuzzers GLOBAL PROPERTY DUNLIN_FUZZERS)
  add_custom_target(fuzzers DEPENDS ${fuzzers})
endfunction()
