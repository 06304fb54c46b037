#include "Made.h"
int uses() { return MADE; }
