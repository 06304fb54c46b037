/*===- Table.h - The gate's table, checked -------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * A view of a table's bytes (docs/formats/gate-table.md). Made only after every
 * offset and count was checked, so whoever holds a view need not check again.
 * Used by the gate for the file, and by the agent for the copy in the segment.
 *
 *===----------------------------------------------------------------------===*/
#ifndef RIPPLE_AGENT_GATE_TABLE_H
#define RIPPLE_AGENT_GATE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ripple_table {
  const char *bytes;
  uint32_t size;
  const char *application;
  const char *build_id; /* "": matches none */
  uint32_t components;  /* at least 1 */
  uint32_t sets;        /* at least 1 */
  uint32_t kinds;       /* at least 1 */
  uint32_t words;       /* of one set */
  const uint32_t *component_ids;
  const uint64_t *bitmaps;
  const uint32_t *kind_rows;
  uint32_t points; /* proven release points; 0: early release is off */
  const uint32_t *point_rows;
};

/* Columns of a request kind's row. */
enum { RIPPLE_KIND_ID, RIPPLE_KIND_METHOD, RIPPLE_KIND_PATH, RIPPLE_KIND_ORDER, RIPPLE_KIND_SET };
#define RIPPLE_KIND_COLUMNS 5u

/* Columns of a release point's row. Rows are sorted by both. */
enum { RIPPLE_POINT_KIND, RIPPLE_POINT_COMPONENT };
#define RIPPLE_POINT_COLUMNS 2u
#define RIPPLE_POINTS_OF_KIND_MAX 40u

/* Checks BYTES (aligned to 8) and fills TABLE, which points into them. Returns NULL, or what is
 * wrong with them in words. */
const char *ripple_table_check(const void *bytes, size_t size, struct ripple_table *table);

/* The table of an application of which nothing is known: one component, one request kind.
 * Writes at most CAPACITY bytes (aligned to 8); returns its size, or 0 where they do not do. */
size_t ripple_table_make(const char *application, void *bytes, size_t capacity);

static inline const char *ripple_table_component(const struct ripple_table *table,
                                                 uint32_t component) {
  return table->bytes + table->component_ids[component];
}

static inline uint32_t ripple_table_kind(const struct ripple_table *table, uint32_t kind,
                                         uint32_t column) {
  return table->kind_rows[(size_t)kind * RIPPLE_KIND_COLUMNS + column];
}

static inline const char *ripple_table_kind_text(const struct ripple_table *table, uint32_t kind,
                                                 uint32_t column) {
  return table->bytes + ripple_table_kind(table, kind, column);
}

static inline const uint64_t *ripple_table_set(const struct ripple_table *table, uint32_t set) {
  return table->bitmaps + (size_t)set * table->words;
}

static inline uint32_t ripple_table_point(const struct ripple_table *table, uint32_t point,
                                          uint32_t column) {
  return table->point_rows[(size_t)point * RIPPLE_POINT_COLUMNS + column];
}

/* The first release point of KIND, or of one after it; `points` where there is none. */
uint32_t ripple_table_first_point(const struct ripple_table *table, uint32_t kind);

/* The bit of KIND's release point for COMPONENT in a record's word; 0 where there is none. */
uint64_t ripple_table_point_bit(const struct ripple_table *table, uint32_t kind,
                                uint32_t component);

/* The component of that id, or `components` where there is none. */
uint32_t ripple_table_find(const struct ripple_table *table, const char *component);

#ifdef __cplusplus
}
#endif

#endif
