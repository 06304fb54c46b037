#include "Generated.h"
int broken() { return generated; }
