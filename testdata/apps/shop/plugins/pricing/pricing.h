/*===- pricing.h - What a pricing plug-in of the shop offers ------*- C -*-===
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * A plug-in exports one symbol, `pricing_plugin_v1`. Every function may be called from any
 * thread. All amounts are in cents.
 *
 *===----------------------------------------------------------------------===*/
#ifndef PRICING_PRICING_H
#define PRICING_PRICING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PRICING_ABI 1
#define PRICING_SYMBOL "pricing_plugin_v1"

struct pricing_item {
  uint32_t product;
  uint32_t quantity;
  int64_t list_cents; /* for one */
};

struct pricing_state;

struct pricing_plugin {
  uint32_t abi; /* PRICING_ABI */
  /* "1.0.0" */
  const char *(*version)(void);
  /* Starts the plug-in; NULL where it cannot work. */
  struct pricing_state *(*start)(void);
  void (*stop)(struct pricing_state *state);
  /* What ITEM costs after the discount for its quantity. */
  int64_t (*price)(struct pricing_state *state, const struct pricing_item *item);
  /* What all ITEMS cost together, with tax. */
  int64_t (*total)(struct pricing_state *state, const struct pricing_item *items, size_t count);
};

extern const struct pricing_plugin pricing_plugin_v1;

#ifdef __cplusplus
}
#endif

#endif
