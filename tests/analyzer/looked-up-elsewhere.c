// RUN: %expect %S/Inputs/looked-up-elsewhere-main.cpp %s
// What dlsym has found comes out of another unit's function of C, and becomes a structure here. Bug: it was taken for
// what a library has.
#include <dlfcn.h>
void *find(const char *file) { return dlsym(dlopen(file, RTLD_NOW), "table"); }
