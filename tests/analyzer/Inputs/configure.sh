#!/bin/sh
# configure.sh SOURCE BUILD [OPTION…]: configures a build that CMake describes to the analyzer.
set -eu
source=$1
build=$2
shift 2
mkdir -p "$build/.cmake/api/v1/query"
: >"$build/.cmake/api/v1/query/codemodel-v2"
# An object's debug information says where it was compiled: never one from another folder.
launcher=$(command -v ccache || true)
launcher=${launcher:+env;CCACHE_BASEDIR=;CCACHE_HASHDIR=1;$launcher}
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  ${launcher:+"-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher"} "$@" >"$build/configure.log" 2>&1 ||
  { cat "$build/configure.log"; exit 1; }
