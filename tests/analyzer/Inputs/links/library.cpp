#include "interface.h"
void helper();
void Base::plain() {}
struct Real : Base { void go() override { helper(); } };
Base *make() { return new Real; }
void (*const table[2])() = {helper, helper};
const Ops ops = {helper};
