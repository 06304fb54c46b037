/*===- Table.c - Checks the gate's table ---------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *===----------------------------------------------------------------------===*/
#include "agent/gate/Table.h"

#include "agent/gate/Layout.h"

#include <stdbool.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the gate's table is little-endian, and so must be the machine"
#endif

#define TABLE_MAGIC "RIPPLEGT"
#define TABLE_VERSION 1u
#define TABLE_HEADER_SIZE 56u

/* The header, as it stands in the file. */
struct header {
  char magic[8];
  uint32_t version, size, application, build_id;
  uint32_t components, component_ids;
  uint32_t sets, bitmaps;
  uint32_t kinds, kind_rows;
  uint32_t words, release_points;
};
static_assert(sizeof(struct header) == TABLE_HEADER_SIZE, "docs/formats/gate-table.md");

/* True where COUNT things of SIZE bytes at OFFSET, aligned to ALIGN, lie in the table. */
static int fits(const struct header *header, uint32_t offset, uint64_t count, uint64_t size,
                uint32_t align) {
  return offset % align == 0 && (uint64_t)offset + count * size <= header->size;
}

static int is_string(const struct header *header, uint32_t offset) {
  return offset < header->size &&
         memchr((const char *)header + offset, 0, header->size - offset) != NULL;
}

static const char *check_header(const struct header *header, size_t size) {
  if (size < TABLE_HEADER_SIZE || size > UINT32_MAX ||
      memcmp(header->magic, TABLE_MAGIC, sizeof header->magic) != 0)
    return "it is no gate table";
  if (header->version != TABLE_VERSION)
    return "it has another layout version than this gate";
  if (header->size != size)
    return "it is cut short or too long";
  if (!is_string(header, header->application) || !is_string(header, header->build_id))
    return "its application or build-id is no string";
  if (((const char *)header)[header->application] == 0)
    return "its application has no name";
  if (header->components == 0 || header->components > RIPPLE_COMPONENTS_MAX)
    return "its number of components is out of range";
  if (header->kinds == 0 || header->kinds > RIPPLE_KINDS_MAX)
    return "its number of request kinds is out of range";
  if (header->sets == 0 || header->words != (header->components + 63u) / 64u)
    return "its number of component sets or their size is wrong";
  return NULL;
}

static const char *check_arrays(const struct header *header) {
  if (!fits(header, header->component_ids, header->components, 4, 4))
    return "its components lie outside of it";
  if (!fits(header, header->bitmaps, (uint64_t)header->sets * header->words, 8, 8))
    return "its component sets lie outside of it";
  if (!fits(header, header->kind_rows, header->kinds, RIPPLE_KIND_COLUMNS * 4u, 4))
    return "its request kinds lie outside of it";
  return NULL;
}

/* The number of release points; their rows follow it. */
static uint32_t point_count(const struct header *header) {
  return *(const uint32_t *)(const void *)((const char *)header + header->release_points);
}

static const char *check_point_place(const struct header *header) {
  if (header->release_points == 0)
    return NULL;
  if (header->release_points < TABLE_HEADER_SIZE ||
      !fits(header, header->release_points, 1, 4, 4) ||
      !fits(header, header->release_points + 4, point_count(header), RIPPLE_POINT_COLUMNS * 4u, 4))
    return "its release points lie outside of it";
  return NULL;
}

/* Sorted, at most 40 of a kind, each of a component that its kind touches; never of *other* or of
 * the application itself, which nobody releases. */
static const char *check_points(const struct ripple_table *table) {
  uint32_t of_kind = 0;
  for (uint32_t i = 0; i < table->points; ++i) {
    uint32_t kind = ripple_table_point(table, i, RIPPLE_POINT_KIND);
    uint32_t component = ripple_table_point(table, i, RIPPLE_POINT_COMPONENT);
    if (kind == 0 || kind >= table->kinds || component == 0 || component >= table->components)
      return "a release point's request kind or component is out of range";
    const uint64_t *set = ripple_table_set(table, ripple_table_kind(table, kind, RIPPLE_KIND_SET));
    if (!(set[component / 64] >> (component % 64) & 1))
      return "a release point's request kind does not touch its component";
    bool same = i > 0 && ripple_table_point(table, i - 1, RIPPLE_POINT_KIND) == kind;
    if (i > 0 && (same ? ripple_table_point(table, i - 1, RIPPLE_POINT_COMPONENT) >= component
                       : ripple_table_point(table, i - 1, RIPPLE_POINT_KIND) > kind))
      return "its release points are not sorted";
    of_kind = same ? of_kind + 1 : 1;
    if (of_kind > RIPPLE_POINTS_OF_KIND_MAX)
      return "a request kind has more than 40 release points";
  }
  return NULL;
}

static const char *check_components(const struct header *header, const struct ripple_table *table) {
  for (uint32_t i = 0; i < table->components; ++i)
    if (!is_string(header, table->component_ids[i]))
      return "a component's id is no string";
  const uint64_t *everything = ripple_table_set(table, 0);
  for (uint32_t i = 0; i < table->components; ++i)
    if (!(everything[i / 64] >> (i % 64) & 1))
      return "component set 0 does not have every component";
  return NULL;
}

static const char *check_kinds(const struct header *header, const struct ripple_table *table) {
  for (uint32_t i = 0; i < table->kinds; ++i) {
    if (!is_string(header, ripple_table_kind(table, i, RIPPLE_KIND_ID)) ||
        !is_string(header, ripple_table_kind(table, i, RIPPLE_KIND_METHOD)) ||
        !is_string(header, ripple_table_kind(table, i, RIPPLE_KIND_PATH)))
      return "a request kind's id, method or path is no string";
    uint32_t set = ripple_table_kind(table, i, RIPPLE_KIND_SET);
    if (set >= table->sets)
      return "a request kind has a component set that is not there";
    if (!(ripple_table_set(table, set)[0] & 1))
      return "a request kind does not touch the application";
  }
  if (ripple_table_kind(table, 0, RIPPLE_KIND_SET) != 0)
    return "request kind 0 does not touch everything";
  return NULL;
}

const char *ripple_table_check(const void *bytes, size_t size, struct ripple_table *table) {
  const struct header *header = bytes;
  const char *problem = check_header(header, size);
  if (!problem)
    problem = check_arrays(header);
  if (!problem)
    problem = check_point_place(header);
  if (problem)
    return problem;
  const char *base = bytes;
  struct ripple_table view = {
      .bytes = base,
      .size = header->size,
      .application = base + header->application,
      .build_id = base + header->build_id,
      .components = header->components,
      .sets = header->sets,
      .kinds = header->kinds,
      .words = header->words,
      .component_ids = (const uint32_t *)(const void *)(base + header->component_ids),
      .bitmaps = (const uint64_t *)(const void *)(base + header->bitmaps),
      .kind_rows = (const uint32_t *)(const void *)(base + header->kind_rows),
      .points = header->release_points ? point_count(header) : 0,
      .point_rows = (const uint32_t *)(const void *)(base + header->release_points + 4),
  };
  problem = check_components(header, &view);
  if (!problem)
    problem = check_kinds(header, &view);
  if (!problem)
    problem = check_points(&view);
  if (!problem)
    *table = view;
  return problem;
}

size_t ripple_table_make(const char *application, void *bytes, size_t capacity) {
  static const char texts[] = "other\0*\0/**"; /* after it: the application's name */
  struct {
    struct header header;
    uint64_t bitmap;
    uint32_t component, kind[RIPPLE_KIND_COLUMNS];
    char texts[sizeof texts];
  } table;
  size_t name = strlen(application) + 1;
  uint32_t at = offsetof(__typeof__(table), texts);
  uint32_t size = (uint32_t)(at + sizeof texts + name);
  if (size > capacity)
    return 0;
  memset(&table, 0, sizeof table);
  memcpy(table.header.magic, TABLE_MAGIC, sizeof table.header.magic);
  table.header.version = TABLE_VERSION;
  table.header.size = size;
  table.header.application = at + (uint32_t)sizeof texts;
  table.header.build_id = at + 5; /* the NUL after "other" */
  table.header.components = table.header.sets = table.header.kinds = table.header.words = 1;
  table.header.component_ids = offsetof(__typeof__(table), component);
  table.header.bitmaps = offsetof(__typeof__(table), bitmap);
  table.header.kind_rows = offsetof(__typeof__(table), kind);
  table.bitmap = 1;
  table.component = table.header.application;
  uint32_t row[RIPPLE_KIND_COLUMNS] = {at, at + 6, at + 8, UINT32_MAX, 0};
  memcpy(table.kind, row, sizeof row);
  memcpy(table.texts, texts, sizeof texts);
  memcpy(bytes, &table, at + sizeof texts);
  memcpy((char *)bytes + at + sizeof texts, application, name);
  return size;
}

uint32_t ripple_table_find(const struct ripple_table *table, const char *component) {
  for (uint32_t i = 0; i < table->components; ++i)
    if (strcmp(ripple_table_component(table, i), component) == 0)
      return i;
  return table->components;
}

uint32_t ripple_table_first_point(const struct ripple_table *table, uint32_t kind) {
  uint32_t low = 0, high = table->points;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (ripple_table_point(table, middle, RIPPLE_POINT_KIND) < kind)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint64_t ripple_table_point_bit(const struct ripple_table *table, uint32_t kind,
                                uint32_t component) {
  uint32_t first = ripple_table_first_point(table, kind);
  for (uint32_t i = first;
       i < table->points && ripple_table_point(table, i, RIPPLE_POINT_KIND) == kind; ++i)
    if (ripple_table_point(table, i, RIPPLE_POINT_COMPONENT) == component)
      return (uint64_t)1 << (i - first);
  return 0;
}
