# What every target of Ripple shares: language, warnings, output folders, and
# the functions by which the parts declare libraries, programs and tests.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(RIPPLE_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")
option(RIPPLE_WERROR "Warnings are errors" ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)
if(RIPPLE_BUILD_TESTS OR NOT DEFINED RIPPLE_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# Asks CMake to say which sources make which target: `ripple analyze` reads the answer. CMake looks
# for questions before it starts, so this one is answered when it runs next (`./dev` asks sooner).
file(WRITE "${CMAKE_BINARY_DIR}/.cmake/api/v1/query/codemodel-v2" "")

# Our own code is compiled with these; nothing else is.
add_library(ripple_options INTERFACE)
target_include_directories(ripple_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(ripple_options INTERFACE
  -Wall -Wextra -Wpedantic $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow> $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Wno-missing-field-initializers
  $<$<BOOL:${RIPPLE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these falsely from inlined library code at -O2 (GCC bugs 105329, 105651, 107852).
  target_compile_options(ripple_options INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
    -Wno-stringop-overread -Wno-dangling-pointer)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 uses in std::stable_sort what it deprecates itself; GCC's build still warns.
  target_compile_options(ripple_options INTERFACE -Wno-deprecated-declarations)
  # Debian 12's Valgrind, which the accuracy tests need, ends on Clang's DWARF 5.
  add_compile_options(-fdebug-default-version=4)
endif()
# How long a test of one unit may take.
set(RIPPLE_TEST_SECONDS 120)
if(RIPPLE_SANITIZE)
  # The same work takes several times as long.
  set(RIPPLE_TEST_SECONDS 600)
  add_compile_options(-fsanitize=${RIPPLE_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${RIPPLE_SANITIZE})
endif()

option(RIPPLE_BUILD_FUZZERS "Build the fuzz targets (Clang)" OFF)
if(RIPPLE_BUILD_FUZZERS)
  # All that a fuzz target reaches tells libFuzzer which branches it takes.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# ripple_library(NAME SOURCES… [LINK LIBRARIES…])
function(ripple_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ripple_options PUBLIC ${ARG_LINK})
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
endfunction()

# ripple_program(NAME SOURCES… [LINK LIBRARIES…])
function(ripple_program name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ripple_options ${ARG_LINK})
  target_compile_definitions(${name} PRIVATE RIPPLE_VERSION="${PROJECT_VERSION}")
endfunction()

# ripple_unit_test(NAME SOURCES… [LINK LIBRARIES…]): a GoogleTest program, one ctest test a case.
function(ripple_unit_test name)
  if(NOT RIPPLE_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ripple_options ${ARG_LINK} GTest::gmock_main)
  target_compile_definitions(${name} PRIVATE RIPPLE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             RIPPLE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/unit")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${RIPPLE_TEST_SECONDS})
endfunction()

# ripple_benchmark(NAME SOURCES… [LINK LIBRARIES…]): a Google Benchmark program in build/bench,
# built and run by `./dev bench` (target `benchmarks`), never by the tests.
add_custom_target(benchmarks)
function(ripple_benchmark name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ripple_options ${ARG_LINK} benchmark::benchmark_main)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  add_dependencies(benchmarks ${name})
endfunction()

# ripple_fuzzer(NAME SOURCES… [LINK LIBRARIES…]): a libFuzzer program in BUILD/fuzz (Clang only),
# run by `./dev fuzz` with the seeds in testdata/fuzz/NAME.
function(ripple_fuzzer name)
  if(NOT RIPPLE_BUILD_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE ripple_options ${ARG_LINK})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
endfunction()

# Everything that is generated at build time and included by sources: `./dev lint` makes it first.
add_custom_target(lint-inputs)
