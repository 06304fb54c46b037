#include "Price.h"
namespace {
unsigned long price(unsigned long size) { return 7 * size; }
} // namespace
extern "C" __attribute__((visibility("default"))) const price_plugin price_interface = {price};
