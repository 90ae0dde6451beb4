# SPDX-License-Identifier: Apache-2.0
# Everything the project needs from outside, found once. Debian 12 packages only (packages.txt); nothing is downloaded.
#
# Target to link                  Package                   For
# tl::expected                    libexpected-dev           result<T>; public in coordination
# CAF::core                       libcaf-dev                actors
# Boost::headers                  libboost-dev              Asio, Beast (both header-only)
# Boost::filesystem               libboost-filesystem-dev   Boost.DLL, Boost.Process
# msgpackc-cxx                    libmsgpack-cxx-dev        codecs
# OpenSSL::Crypto, OpenSSL::SSL   libssl-dev                HMAC, SHA-256, TLS
# SQLiteCpp, SQLite::SQLite3      libsqlitecpp-dev          store
# hwloc::hwloc                    libhwloc-dev              hardware map
# hwy::hwy                        libhwy-dev                SIMD kernels
# mimalloc                        libmimalloc-dev           the programs' allocator
# OpenBLAS::OpenBLAS              libopenblas-dev           matrix work (<cblas.h>)
# Eigen3::Eigen                   libeigen3-dev             dense algebra in a .cpp
# CLI11::CLI11                    libcli11-dev              command line
# tomlplusplus::tomlplusplus      libtomlplusplus-dev       configuration
# fmt::fmt, spdlog::spdlog        libfmt-dev, libspdlog-dev text and logs
# nlohmann_json::nlohmann_json    nlohmann-json3-dev        JSON
# prometheus-cpp::core            prometheus-cpp-dev        metrics registry
# ZLIB::ZLIB                      zlib1g-dev                gzip
# Threads::Threads                the C library             threads
# GTest::gmock_main, rapidcheck,
# rapidcheck_gtest                libgtest-dev, librapidcheck-dev  tests
# benchmark::benchmark            libbenchmark-dev          benchmarks

find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CAF REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS filesystem)
find_package(msgpack REQUIRED CONFIG HINTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/cmake/msgpackc-cxx)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(HWLOC REQUIRED)
find_package(hwy REQUIRED)
find_package(mimalloc REQUIRED)
find_package(OpenBLAS REQUIRED)
find_package(Eigen3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(ZLIB REQUIRED)

# Debian's OpenBLAS config names files only; give them a target like the others have.
if(NOT TARGET OpenBLAS::OpenBLAS)
  add_library(OpenBLAS::OpenBLAS SHARED IMPORTED)
  set_target_properties(OpenBLAS::OpenBLAS PROPERTIES
    IMPORTED_LOCATION ${OpenBLAS_LIBRARIES} INTERFACE_INCLUDE_DIRECTORIES ${OpenBLAS_INCLUDE_DIRS})
endif()

if(DUNLIN_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
if(DUNLIN_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
