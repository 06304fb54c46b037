// REQUIRES: fcgi-headers
// RUN: %handlers %s
// FastCGI behind the standard streams.
#include <fcgi_stdio.h>

int main(void) {
  while (FCGI_Accept() >= 0) // handler: transaction main = loop of main, by fastcgi
    printf("Content-type: text/plain\r\n\r\nhello\n");
  return 0;
}
