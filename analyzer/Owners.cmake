# The part of the analyzer that looks at the machine: what is built from which sources, and which
# package, library or build target owns a file or a symbol.
ripple_library(ripple_analyzer_machine
  Attribute.cpp BuildTargets.cpp CompileDatabase.cpp Compilers.cpp ComponentTable.cpp DebugUnits.cpp Elf.cpp
  LibraryClosure.cpp LinkLine.cpp LinkedCode.cpp Load.cpp Loaders.cpp Packages.cpp Places.cpp
  SymbolNames.cpp
  LINK ripple_model)
target_link_libraries(ripple_analyzer_machine PRIVATE ripple_llvm)

if(RIPPLE_BUILD_TESTS)
  # ELF files to read: a program, the library that it needs, and the one that this needs.
  add_library(fixture_second SHARED ${PROJECT_SOURCE_DIR}/testdata/elf/fixture_second.c)
  target_compile_options(fixture_second PRIVATE -g)
  # ccache may give an object that was compiled in another folder, and says so.
  set_target_properties(fixture_second PROPERTIES C_COMPILER_LAUNCHER "")
  add_library(fixture_first SHARED ${PROJECT_SOURCE_DIR}/testdata/elf/fixture_first.c)
  target_link_libraries(fixture_first PRIVATE fixture_second)
  set_target_properties(fixture_first PROPERTIES
    VERSION 3.1.4 SOVERSION 3 BUILD_RPATH "$ORIGIN"
    LINK_DEPENDS "${PROJECT_SOURCE_DIR}/testdata/elf/fixture_first.map")
  target_link_options(fixture_first PRIVATE
    "LINKER:--version-script=${PROJECT_SOURCE_DIR}/testdata/elf/fixture_first.map"
    "LINKER:--build-id=0x0123456789abcdef0123456789abcdef01234567" "LINKER:--enable-new-dtags")
  add_executable(fixture_program ${PROJECT_SOURCE_DIR}/testdata/elf/fixture_program.c)
  target_link_libraries(fixture_program PRIVATE fixture_first)
  add_library(fixture_archive STATIC ${PROJECT_SOURCE_DIR}/testdata/elf/fixture_first.c)
  set_target_properties(fixture_first fixture_second fixture_program fixture_archive PROPERTIES
    BUILD_RPATH_USE_ORIGIN ON
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/fixture"
    ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/fixture"
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/fixture")
endif()
ripple_unit_test(ripple_analyzer_machine_test
  AttributeTest.cpp BuildTargetsTest.cpp DebugUnitsTest.cpp ElfTest.cpp LinkLineTest.cpp LinkedCodeTest.cpp
  PackagesTest.cpp
  LINK ripple_analyzer_machine)
if(RIPPLE_BUILD_TESTS)
  add_dependencies(ripple_analyzer_machine_test fixture_program fixture_archive)
  target_compile_definitions(ripple_analyzer_machine_test PRIVATE
    RIPPLE_FIXTURE_PROGRAM="$<TARGET_FILE:fixture_program>"
    RIPPLE_FIXTURE_ARCHIVE="$<TARGET_FILE:fixture_archive>"
    RIPPLE_FIXTURE_FIRST="$<TARGET_FILE:fixture_first>"
    RIPPLE_FIXTURE_SECOND="$<TARGET_FILE:fixture_second>")
endif()

# The shipped catalogs, inside the program.
file(GLOB RIPPLE_CATALOGS CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/catalog/*.yaml")
add_custom_command(
  OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/ShippedFiles.cpp"
  COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/catalog"
          "-DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/ShippedFiles.cpp"
          -P "${CMAKE_CURRENT_SOURCE_DIR}/EmbedCatalog.cmake"
  DEPENDS ${RIPPLE_CATALOGS} EmbedCatalog.cmake
  COMMENT "Embedding the shipped catalogs")

# What is kept and what is written: neither sees the machine's packages nor Clang.
ripple_library(ripple_analyzer_output
  CycloneDx.cpp Depfile.cpp FactsCache.cpp FactsCodec.cpp GateTable.cpp Reports.cpp ShippedCatalog.cpp Workers.cpp
  Write.cpp
  "${CMAKE_CURRENT_BINARY_DIR}/ShippedFiles.cpp"
  LINK ripple_model ripple_analyzer_machine)
target_link_libraries(ripple_analyzer_output PRIVATE ripple_llvm)
ripple_unit_test(ripple_analyzer_output_test
  FactsCodecTest.cpp GateTableTest.cpp ShippedCatalogTest.cpp WorkersTest.cpp
  LINK ripple_analyzer_output)

# The program.
if(TARGET ripple_analyzer_core)
  ripple_library(ripple_analyzer_tool
    Analyze.cpp CommandLine.cpp Sarif.cpp
    LINK ripple_analyzer_output ripple_analyzer_machine ripple_analyzer_core ripple_collect)
  target_link_libraries(ripple_analyzer_tool PRIVATE ripple_clang CLI11::CLI11)
  target_compile_definitions(ripple_analyzer_tool PRIVATE RIPPLE_VERSION="${PROJECT_VERSION}")
  ripple_program(ripple-analyzer tool/Main.cpp LINK ripple_analyzer_tool)
endif()
