#include "More.h"
#include "Aid.h"
static void helped() { aid(); }
void addMore(own::Server &server) { server.on("/helped", helped); }
