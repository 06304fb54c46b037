# ripple_add_components_list(TARGET NAME… [OUTPUT FILE] [CATALOG FILE…] [SOURCE_ROOT DIR] [GATE_TABLE]
#                            [LIBRARY_PATH DIR…] [PRELOAD FILE…] [FORMAT FORMAT…] [REQUIRE_COMPLETE]
#                            [NAME NAME])
#
# Each build makes the Components List of the programs TARGET, again only when something that it depends
# on has changed: sources, headers, the programs and the libraries that they load, catalogs, how they are
# compiled, installed packages.
#
#   OUTPUT            default: TARGET.components.json beside the (first) program, where that is put by
#                     the time of this call; a relative path is one in the current binary folder
#   CATALOG           rules of your own, relative to the current source folder
#   SOURCE_ROOT       files below it are your own; default: the project's top folder
#   LIBRARY_PATH      folders of the server's LD_LIBRARY_PATH, if it has one
#   PRELOAD           libraries of the server's LD_PRELOAD, if it has one
#   GATE_TABLE        also NAME.gate for each of TARGET, beside the list
#   FORMAT            text, dot, sarif, cyclonedx: the same for other readers, beside the list: its name with
#                     .txt, .dot, .sarif or .cdx.json instead of .json
#   REQUIRE_COMPLETE  the build fails where a source did not compile for the analyzer or a call could not
#                     be resolved; the list is there all the same. Without it such a list says
#                     `complete: false`, and the build goes on
#   NAME              the build target that makes all this, a part of `all`; default: TARGET_components

cmake_policy(PUSH)
cmake_policy(VERSION 3.20...3.25)

set(_RIPPLE_MODULES "${CMAKE_CURRENT_LIST_DIR}")

# CMake says which sources make which program (File API), but before 3.27 it looks for the question only
# when it starts. The run that asks first therefore globs for a file that comes only when it generates: the
# build finds that the glob has changed and runs CMake once more. That run answers, and globs for nothing.
function(_ripple_ask_for_codemodel)
  get_property(asked GLOBAL PROPERTY _ripple_asked)
  if(asked)
    return()
  endif()
  set_property(GLOBAL PROPERTY _ripple_asked TRUE)
  if(COMMAND cmake_file_api)
    cmake_file_api(QUERY API_VERSION 1 CODEMODEL 2)
    return()
  endif()
  set(query "${CMAKE_BINARY_DIR}/.cmake/api/v1/query/codemodel-v2")
  if(NOT EXISTS "${query}")
    file(WRITE "${query}" "")
    set(again "${CMAKE_BINARY_DIR}/.ripple/asked")
    file(REMOVE "${again}")
    file(GLOB ignored CONFIGURE_DEPENDS "${again}")
    file(GENERATE OUTPUT "${again}" CONTENT "")
  endif()
endfunction()

# OUT: the folder into which TARGET's program goes.
function(_ripple_folder_of target out)
  get_target_property(type ${target} TYPE)
  set(property RUNTIME_OUTPUT_DIRECTORY)
  if(NOT type STREQUAL "EXECUTABLE")
    set(property LIBRARY_OUTPUT_DIRECTORY)
  endif()
  get_target_property(folder ${target} ${property})
  get_target_property(base ${target} BINARY_DIR)
  if(NOT folder)
    set(folder "${base}")
  endif()
  get_filename_component(folder "${folder}" ABSOLUTE BASE_DIR "${base}")
  set(${out} "${folder}" PARENT_SCOPE)
endfunction()

function(_ripple_check_targets)
  get_property(several GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(several)
    message(FATAL_ERROR "ripple_add_components_list: ${CMAKE_GENERATOR} builds several configurations in "
            "one folder; use Ninja or Unix Makefiles")
  endif()
  if(NOT TARGET Ripple::analyzer)
    message(FATAL_ERROR "ripple_add_components_list: this Ripple was built without its analyzer "
            "(RIPPLE_BUILD_ANALYZER)")
  endif()
  foreach(target IN LISTS ARGN)
    if(NOT TARGET ${target})
      message(FATAL_ERROR "ripple_add_components_list: there is no target '${target}'; call it after "
              "add_executable")
    endif()
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "^(EXECUTABLE|MODULE_LIBRARY|SHARED_LIBRARY)$")
      message(FATAL_ERROR "ripple_add_components_list: '${target}' makes no program; name an "
              "executable, or a module that a server loads")
    endif()
    set_property(TARGET ${target} PROPERTY EXPORT_COMPILE_COMMANDS ON)
  endforeach()
endfunction()

# OUT: how the names of files of FORMAT end.
function(_ripple_extension_of format out)
  set(text .txt)
  set(dot .dot)
  set(sarif .sarif)
  set(cyclonedx .cdx.json)
  if(NOT format MATCHES "^(text|dot|sarif|cyclonedx)$")
    message(FATAL_ERROR "ripple_add_components_list: there is no FORMAT '${format}'; name text, dot, sarif "
            "or cyclonedx")
  endif()
  set(${out} "${${format}}" PARENT_SCOPE)
endfunction()

# Has the analyzer write OUTPUT for its caller's ARG_TARGET, with its OPTIONS and what is given behind.
function(_ripple_add_output output comment)
  # CMake's Makefiles add to what an output depended on before (3.25), so that a header that is gone
  # would keep the list old for ever; without this file they read the depfiles anew.
  set(forget)
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    set(forget COMMAND "${CMAKE_COMMAND}" -E rm -f
        "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${ARG_NAME}.dir/compiler_depend.internal")
  endif()
  # All others come after the list, so that they find every source's facts in the cache.
  set(after)
  if(NOT output STREQUAL list)
    set(after "${list}")
  endif()
  add_custom_command(
    OUTPUT "${output}"
    ${forget}
    COMMAND Ripple::analyzer ${options} ${ARGN} -o "${output}" --depfile "${output}.d"
    DEPENDS ${ARG_TARGET} ${catalogs} ${after} Ripple::analyzer
    DEPFILE "${output}.d"
    COMMENT "${comment}"
    VERBATIM)
  set(outputs ${outputs} "${output}" PARENT_SCOPE)
endfunction()

# A step of its own, after all others: a command that fails loses its output with Make, and the list and
# what says the same are to be there.
function(_ripple_add_complete_check comment)
  add_custom_command(
    OUTPUT "${list}.complete"
    COMMAND "${CMAKE_COMMAND}" "-DLIST=${list}" "-DSTAMP=${list}.complete"
            -P "${_RIPPLE_MODULES}/RippleRequireComplete.cmake"
    DEPENDS ${outputs}
    COMMENT "${comment}"
    VERBATIM)
  set(outputs ${outputs} "${list}.complete" PARENT_SCOPE)
endfunction()

function(ripple_add_components_list)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "GATE_TABLE;REQUIRE_COMPLETE" "NAME;OUTPUT;SOURCE_ROOT"
                        "TARGET;CATALOG;FORMAT;LIBRARY_PATH;PRELOAD")
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_TARGET)
    message(FATAL_ERROR "ripple_add_components_list: name the programs with TARGET NAME…; not "
            "understood: '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  _ripple_check_targets(${ARG_TARGET})
  _ripple_ask_for_codemodel()

  list(GET ARG_TARGET 0 first)
  _ripple_folder_of(${first} folder)
  if(NOT ARG_OUTPUT)
    set(ARG_OUTPUT "${folder}/${first}.components.json")
  endif()
  get_filename_component(list "${ARG_OUTPUT}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  get_filename_component(folder "${list}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  if(NOT ARG_NAME)
    set(ARG_NAME ${first}_components)
  endif()

  set(options -p "${CMAKE_BINARY_DIR}" --cache "${CMAKE_BINARY_DIR}/.ripple/facts")
  set(catalogs)
  foreach(catalog IN LISTS ARG_CATALOG)
    get_filename_component(catalog "${catalog}" ABSOLUTE)
    list(APPEND catalogs "${catalog}")
    list(APPEND options --catalog "${catalog}")
  endforeach()
  if(ARG_SOURCE_ROOT)
    get_filename_component(root "${ARG_SOURCE_ROOT}" ABSOLUTE)
    list(APPEND options --source-root "${root}")
  endif()
  foreach(folder_of_server IN LISTS ARG_LIBRARY_PATH)
    list(APPEND options --library-path "${folder_of_server}")
  endforeach()
  foreach(library IN LISTS ARG_PRELOAD)
    list(APPEND options --preload "${library}")
  endforeach()

  set(outputs)
  list(TRANSFORM ARG_TARGET PREPEND "--target=" OUTPUT_VARIABLE named)
  list(JOIN ARG_TARGET ", " names)
  _ripple_add_output("${list}" "Components List of ${names}" ${named})
  if(ARG_GATE_TABLE)
    foreach(target IN LISTS ARG_TARGET)
      _ripple_add_output("${folder}/${target}.gate" "Gate's table of ${target}"
                         --target=${target} --format gate)
    endforeach()
  endif()
  string(REGEX REPLACE "\\.json$" "" base "${list}")
  foreach(format IN LISTS ARG_FORMAT)
    _ripple_extension_of(${format} extension)
    _ripple_add_output("${base}${extension}" "Components List of ${names}: ${format}"
                       ${named} --format ${format})
  endforeach()
  if(ARG_REQUIRE_COMPLETE)
    _ripple_add_complete_check("Is the Components List of ${names} complete?")
  endif()
  add_custom_target(${ARG_NAME} ALL DEPENDS ${outputs})
endfunction()

cmake_policy(POP)
