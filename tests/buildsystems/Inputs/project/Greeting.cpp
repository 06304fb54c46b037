#include "Greeting.h"
std::string greeting() { return "hello"; }
