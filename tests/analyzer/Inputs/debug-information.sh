#!/bin/sh
# debug-information.sh FOLDER INPUTS: two sources in FOLDER/src, and FOLDER/build.sh OPTION…, which makes the program of
# them in FOLDER/build; FOLDER/database.sh OPTION… records only that. Each compiles one by its whole path.
set -eu
folder=$1
cd "$folder/src"
. "$2/small-program.sh"
library odd 'void odd_use(void) {}'
framework
catalog odd
cat >Main.cpp <<END
extern "C" void route(const char *path, void (*handler)());
extern "C" void serve();
void helped();
static void plain() {}
int main() {
  route("/helped", helped);
  route("/plain", plain);
  serve();
}
END
cat >Helped.cpp <<END
extern "C" void odd_use();
void helped() { odd_use(); }
END
cat >../database.sh <<END
cd $folder/build
cat >compile_commands.json <<JSON
[{"directory": "$folder/build", "file": "../src/Main.cpp", "command": "\${CXX-c++} -g \$@ -c ../src/Main.cpp"},
 {"directory": "$folder/build", "file": "$folder/src/Helped.cpp", "command": "\${CXX-c++} -g \$@ -c $folder/src/Helped.cpp"}]
JSON
END
cat >../build.sh <<END
sh $folder/database.sh "\$@"
cd $folder/build
[ -z "\${PWD_SAID-}" ] || export PWD=\$PWD_SAID
\${CXX-c++} -g "\$@" -c ../src/Main.cpp
\${CXX-c++} -g "\$@" -c $folder/src/Helped.cpp
c++ Main.o Helped.o -L../src -lodd -lframework -Wl,-rpath,$folder/src -Wl,--build-id -o app
END
