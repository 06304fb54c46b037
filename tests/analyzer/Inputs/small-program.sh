# For scripts that make a program in the folder where they are, and libraries without source for it; to be read with `.`.

# library NAME CODE [FOLDER/]: libNAME.so, of C.
library() {
  echo "$2" | cc -x c -shared -fPIC -Wl,-soname,"lib$1.so" -o "${3:-}lib$1.so" -
}

# framework: what registers handlers, and calls each at once; serving is nothing more.
framework() {
  library framework 'void route(const char *path, void (*handler)(void)) { handler(); } void serve(void) {}'
}

# database COMMAND SOURCE…: the compile database; COMMAND compiles each source.
database() {
  command=$1
  shift
  before='['
  for source in "$@"; do
    echo "$before{\"directory\": \"$PWD\", \"file\": \"$source\", \"command\": \"$command -c $source\"}"
    before=', '
  done >compile_commands.json
  echo ']' >>compile_commands.json
}

# catalog NAME…: catalog.yaml, with libNAME.so as the component NAME, and the framework's handlers.
catalog() {
  {
    echo 'format: ripple.catalog'
    echo 'version: "1.0"'
    echo 'components:'
    for name in "$@"; do
      echo "  - {id: $name, library: lib$name.so}"
    done
    echo 'handlers:'
    echo '  - {framework: mine, call: "route", method: GET, path: 0, handler: 1}'
    echo 'serving: ["serve"]'
  } >catalog.yaml
}
