#include "constants-elsewhere.h"

const char *const Pointer = "/pointer";
const std::string Text = "/text", Prefix = "/prefix", Chained = std::string(Pointer) + "/chained";
const char Array[] = "/array";
const char *const Given = "/given";
const char *Changing = "/changing";
const std::string Paths::Member = "/member";
