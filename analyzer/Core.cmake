# The part of the analyzer that looks at the source: facts, resolution of calls, reachability.

# Sees Clang: the stage `collect` and nothing else.
ripple_library(ripple_collect
  Collect.cpp
  collect/AcceptLoops.cpp
  collect/Bodies.cpp
  collect/Calls.cpp
  collect/Changes.cpp
  collect/Collector.cpp
  collect/CompilerView.cpp
  collect/Coroutines.cpp
  collect/Exposed.cpp
  collect/FlowCalls.cpp
  collect/FlowCasts.cpp
  collect/Flows.cpp
  collect/Given.cpp
  collect/HandOver.cpp
  collect/Holders.cpp
  collect/Ignores.cpp
  collect/LibraryCalls.cpp
  collect/Macros.cpp
  collect/Methods.cpp
  collect/Names.cpp
  collect/NestedTables.cpp
  collect/Objects.cpp
  collect/OpenMp.cpp
  collect/Registrar.cpp
  collect/Rows.cpp
  collect/Rules.cpp
  collect/Spreads.cpp
  collect/TablePlaces.cpp
  collect/TableRules.cpp
  collect/Tables.cpp
  collect/Through.cpp
  collect/Values.cpp
  LINK ripple_model ripple_analyzer_machine)
target_link_libraries(ripple_collect PRIVATE ripple_clang)
target_compile_definitions(ripple_collect PRIVATE
  RIPPLE_CLANG_RESOURCE_DIR="${RIPPLE_CLANG_RESOURCE_DIR}")

# The stages that are pure.
ripple_library(ripple_analyzer_core
  Link.cpp
  Reach.cpp
  Resolve.cpp
  link/Expand.cpp
  link/Merge.cpp
  link/Order.cpp
  link/Paths.cpp
  link/Routes.cpp
  reach/Handlers.cpp
  reach/Kept.cpp
  reach/Serving.cpp
  reach/Uses.cpp
  reach/Walk.cpp
  resolve/Charges.cpp
  resolve/Conversions.cpp
  resolve/Edges.cpp
  resolve/Library.cpp
  resolve/Origins.cpp
  resolve/StandardCode.cpp
  resolve/Targets.cpp
  resolve/ValueFlow.cpp
  LINK ripple_model)
ripple_unit_test(ripple_analyzer_core_test
  StagesTest.cpp
  link/PathsTest.cpp
  LINK ripple_analyzer_core)
