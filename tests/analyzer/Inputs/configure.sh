#!/bin/sh
# configure.sh SOURCE BUILD [OPTION…]: configures a build that CMake describes to the analyzer.
set -eu
source=$1
build=$2
shift 2
mkdir -p "$build/.cmake/api/v1/query"
: >"$build/.cmake/api/v1/query/codemodel-v2"
launcher=$(command -v ccache || true)
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  ${launcher:+-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher} "$@" >"$build/configure.log" 2>&1 ||
  { cat "$build/configure.log"; exit 1; }
