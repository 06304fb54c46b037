#include "world.h"
#include "generated-by-nobody.h"

int broken() { return undeclared; }
