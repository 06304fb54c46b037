#include "StandIn.h"
static int onRequest(void *, MHD_Connection *, const char *) { return 1; }
int main() { MHD_start_daemon(1, 8080, nullptr, nullptr, &onRequest, nullptr, 0); }
