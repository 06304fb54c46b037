// REQUIRES: fcgi-headers
// RUN: %handlers %s
// FastCGI with its own headers: one loop, one in each thread, one that tries again.
#include <cerrno>
#include <fcgiapp.h>
#include <thread>

static void answer(FCGX_Request &request) { FCGX_FPrintF(request.out, "Status: 200\r\n\r\n"); }

static void work(int socket) {
  FCGX_Request request;
  FCGX_InitRequest(&request, socket, 0);
  for (;;) { // handler: transaction work = loop of work, by fastcgi
    int result;
    do
      result = FCGX_Accept_r(&request);
    while (result == -EINTR);
    if (result < 0)
      break;
    answer(request);
    FCGX_Finish_r(&request);
  }
}

int main() {
  FCGX_Init();
  std::thread thread(work, 0);
  FCGX_Request request;
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) >= 0) { // handler: transaction main = loop of main, by fastcgi
    answer(request);
  }
  thread.join();
}
