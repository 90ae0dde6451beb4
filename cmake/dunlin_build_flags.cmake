# SPDX-License-Identifier: Apache-2.0
# dunlin_build_flags: how our own code is compiled. Linked only while building, never exported.
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

add_library(dunlin_build_flags INTERFACE)
target_compile_features(dunlin_build_flags INTERFACE cxx_std_20)
target_compile_options(dunlin_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -fstack-protector-strong
  # GCC 12 sees overlapping copies in std::string's operator+ that are not there (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # At -O3 it takes the other alternatives of a variant that is moved for used.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-maybe-uninitialized>
  # Lets ccache see what a precompiled header was made of.
  $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
  $<$<BOOL:${DUNLIN_WARNINGS_AS_ERRORS}>:-Werror>)
target_link_options(dunlin_build_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)

if(DUNLIN_SANITIZERS)
  target_compile_options(dunlin_build_flags INTERFACE
    -fsanitize=${DUNLIN_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(dunlin_build_flags INTERFACE -fsanitize=${DUNLIN_SANITIZERS})
else()
  # Fortification needs the optimiser, and would hide reads from the sanitizers.
  target_compile_options(dunlin_build_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()

# ThreadSanitizer sees nothing inside Debian's libcaf_core; this library, first in line, tells it what CAF orders.
if(DUNLIN_SANITIZERS MATCHES thread)
  add_library(dunlin_tsan_caf SHARED tools/tsan/caf_order.cpp)
  target_link_libraries(dunlin_tsan_caf PRIVATE dunlin_build_flags CAF::core ${CMAKE_DL_LIBS})
endif()

function(dunlin_link_program target)
  if(TARGET dunlin_tsan_caf)
    target_link_libraries(${target} PRIVATE -Wl,--push-state,--no-as-needed dunlin_tsan_caf -Wl,--pop-state)
  endif()
  target_link_libraries(${target} PRIVATE ${ARGN})
endfunction()
