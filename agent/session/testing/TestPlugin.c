/*===- TestPlugin.c - A tiny plug-in in several versions -----------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *===----------------------------------------------------------------------===*/

#ifdef WITH_UNIQUE
/* What GCC makes of a static in an inline function, whichever compiler this is. */
__asm__(".data\n"
        ".globl price_calls\n"
        ".type price_calls, @gnu_unique_object\n"
        ".size price_calls, 4\n"
        "price_calls: .long 0\n"
        ".text\n");
extern int price_calls;
#endif

/* 0: the plug-in starts. */
int price_start(void);
int price_start(void) {
#ifdef WITH_UNIQUE
  ++price_calls;
#endif
#ifdef START_FAILS
  return 1;
#else
  return 0;
#endif
}

#ifndef WITHOUT_VERSION
int price_version(void);
int price_version(void) { return VERSION; }
#endif
