// RUN: %handlers %s -- -I%S/Inputs/crow
// Crow: of a blueprint within another one, where that is, is not known; of none that is registered, nothing is served.
#include <crow.h>

static crow::response plain() { return 200; }

int main() {
  crow::SimpleApp app;
  crow::Blueprint outer("outer"), inner("inner");
  CROW_BP_ROUTE(inner, "/one")(plain); // handler: GET <dynamic> = plain, by crow
  outer.register_blueprint(inner);
  app.register_blueprint(outer);
  app.run();
}
