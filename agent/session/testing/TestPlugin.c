/*===- TestPlugin.c - A tiny plug-in in several versions -----------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *===----------------------------------------------------------------------===*/

#ifdef WITH_UNIQUE
/* What GCC makes of a static in an inline function, whichever compiler this is. */
#define TEXT_OF(name) #name
#define UNIQUE(name)                                                                               \
  __asm__(".data\n"                                                                                \
          ".globl " TEXT_OF(name) "\n"                                                             \
                                  ".type " TEXT_OF(name) ", @gnu_unique_object\n"                  \
                                                         ".size " TEXT_OF(name) ", 4\n" TEXT_OF(   \
                                                             name) ": .long 0\n"                   \
                                                                   ".text\n")
UNIQUE(WITH_UNIQUE);
extern int WITH_UNIQUE;
#endif

/* 0: the plug-in starts. */
int price_start(void);
int price_start(void) {
#ifdef WITH_UNIQUE
  ++WITH_UNIQUE;
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
