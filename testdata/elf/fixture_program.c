#include <stdio.h>

int fixture_first(int value);
const char *fixture_format = "%d %s\n";

int main(int argc, char **argv) { return printf(fixture_format, fixture_first(argc), argv[0]) < 0; }
