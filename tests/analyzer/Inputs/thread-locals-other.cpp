// The other unit of thread-locals.cpp.
#include "thread-locals.h"
thread_local a::Object elsewhere;
thread_local b::Object Holder::member;
thread_local int constant = 2;
