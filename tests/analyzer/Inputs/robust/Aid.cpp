#include "Aid.h"
int aid() { return 1; }
