# What `cmake --install` puts where, and the CMake package, which also works from the build folder
# (-DRipple_DIR=BUILD).
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/Ripple")
set(modules RippleComponentsList.cmake RippleRequireComplete.cmake)

# The front door looks for the programs in ../libexec/ripple.
install(TARGETS ripple EXPORT RippleTargets RUNTIME DESTINATION bin)
set(programs ripple-planner ripple-agent)
if(RIPPLE_BUILD_ANALYZER)
  set_target_properties(ripple-analyzer PROPERTIES EXPORT_NAME analyzer)
  install(TARGETS ripple-analyzer EXPORT RippleTargets RUNTIME DESTINATION libexec/ripple)
endif()
install(TARGETS ${programs} RUNTIME DESTINATION libexec/ripple)

# Headers keep their folder: applications include them as they do from Ripple's sources.
set_target_properties(ripple_gate PROPERTIES EXPORT_NAME gate)
install(TARGETS ripple_gate EXPORT RippleTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET ripple_gate_httplib)
  set_target_properties(ripple_gate_httplib PROPERTIES EXPORT_NAME gate_httplib)
  install(TARGETS ripple_gate_httplib EXPORT RippleTargets)
endif()
set(headers ripple_gate.h RippleGate.hpp RippleGateBeast.h RippleGateHttplib.h RequestMatcher.hpp)
list(TRANSFORM headers PREPEND "${PROJECT_SOURCE_DIR}/agent/gate/")
install(FILES ${headers} DESTINATION include/ripple/agent/gate)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/RippleConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/RippleConfig.cmake" INSTALL_DESTINATION "${package_folder}")
# Before 1.0 the next minor version may break what this one promises.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/RippleConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
foreach(module IN LISTS modules)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${module}" "${PROJECT_BINARY_DIR}/${module}" COPYONLY)
endforeach()
export(EXPORT RippleTargets NAMESPACE Ripple:: FILE "${PROJECT_BINARY_DIR}/RippleTargets.cmake")
install(EXPORT RippleTargets NAMESPACE Ripple:: DESTINATION "${package_folder}")
install(FILES "${PROJECT_BINARY_DIR}/RippleConfig.cmake" "${PROJECT_BINARY_DIR}/RippleConfigVersion.cmake"
  DESTINATION "${package_folder}")
list(TRANSFORM modules PREPEND "${PROJECT_SOURCE_DIR}/cmake/")
install(FILES ${modules} DESTINATION "${package_folder}")
