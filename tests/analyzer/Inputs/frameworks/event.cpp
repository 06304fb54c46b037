#include "StandIn.h"
static void onItems(evhttp_request *, void *) {}
static void onRest(evhttp_request *, void *) {}
int main() {
  evhttp_set_cb(nullptr, "/items", onItems, nullptr);
  evhttp_set_gencb(nullptr, onRest, nullptr);
  return event_base_dispatch(nullptr);
}
