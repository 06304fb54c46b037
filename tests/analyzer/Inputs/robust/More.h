#pragma once
#include "Framework.h"
void addMore(own::Server &server);
