// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// Loops that take requests: what they do is the handler, whatever the loop looks like.
extern "C" int accept_request(void *request);
bool serves();

void once(void *request) { accept_request(request); } // not understood: transaction <dynamic> = *, by accept
void repeated(void *request) {
  for (;;) { // handler: transaction repeated = loop of repeated, by accept
    int result;
    do {
      result = accept_request(request);
    } while (result == 4);
    if (result < 0)
      break;
  }
}
using Accept = int (*)(void *);
Accept kept = accept_request; // not understood: transaction <dynamic> = *, by accept

int main() {
  int request = 0;
  while (accept_request(&request) >= 0) { // handler: transaction main = loop of main, by accept
    for (int i = 0; i < request; ++i)
      serves();
  }
  once(&request);
  repeated(&request);
  auto worker = [&] {
    do // handler: transaction lambda = loop of main::lambda, by accept
      serves();
    while (accept_request(&request) >= 0);
  };
  worker();
}
