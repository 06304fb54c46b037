/*===- Rules.c - Which request kind a request of httpd is ---------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *===----------------------------------------------------------------------===*/
#include "agent/httpd/Rules.h"

#include <ap_regex.h>
#include <apr_strings.h>
#include <stdbool.h>
#include <string.h>

enum form { FORM_UNCLEAR, FORM_LITERAL, FORM_PREFIX, FORM_PATTERN };
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNCLEAR };

struct rule {
  uint32_t kind;
  enum form form;
  const char *method; /* "*": any */
  const char *text;
  ap_regex_t *pattern;
};

/* {name} is one segment; all other characters match themselves. */
static const char *pattern_of_braces(apr_pool_t *pool, const char *path) {
  char *pattern = apr_palloc(pool, strlen(path) * 5 + 1);
  char *out = pattern;
  while (*path) {
    const char *close = *path == '{' ? strchr(path, '}') : NULL;
    if (close) {
      memcpy(out, "[^/]+", 5);
      out += 5;
      path = close + 1;
    } else {
      if (strchr("^$\\.*+?()[]{}|", *path))
        *out++ = '\\';
      *out++ = *path++;
    }
  }
  *out = 0;
  return pattern;
}

/* The whole path has to match. */
static ap_regex_t *compile(apr_pool_t *pool, const char *pattern) {
  return ap_pregcomp(pool, apr_pstrcat(pool, "\\A(?:", pattern, ")\\z", NULL), AP_REG_EXTENDED);
}

static void set_form(apr_pool_t *pool, struct rule *rule) {
  const char *path = rule->text;
  size_t length = strlen(path);
  if (strstr(path, "<dynamic:"))
    return;
  if (strncmp(path, "~ ", 2) == 0 || strchr(path, '{')) {
    rule->pattern = compile(pool, path[0] == '~' ? path + 2 : pattern_of_braces(pool, path));
    rule->form = rule->pattern ? FORM_PATTERN : FORM_UNCLEAR;
  } else if (length >= 3 && strcmp(path + length - 3, "/**") == 0) {
    rule->text = apr_pstrndup(pool, path, length - 2);
    rule->form = FORM_PREFIX;
  } else {
    rule->form = FORM_LITERAL;
  }
}

apr_array_header_t *ripple_rules_of(apr_pool_t *pool, const ripple_gate *gate) {
  uint32_t count = ripple_gate_kind_count(gate);
  apr_array_header_t *rules = apr_array_make(pool, (int)count, sizeof(struct rule));
  for (uint32_t kind = 1; kind < count; ++kind) {
    struct ripple_gate_kind row;
    if (ripple_gate_kind_at(gate, kind, &row) != 0)
      continue;
    struct rule *rule = apr_array_push(rules);
    *rule = (struct rule){.kind = kind, .method = row.method, .text = row.path};
    set_form(pool, rule);
  }
  return rules;
}

static enum answer answer_of(bool matches) { return matches ? ANSWER_YES : ANSWER_NO; }

/* "/static/" is it and what follows, and "/static" itself. */
static bool has_prefix(const char *path, const char *prefix) {
  size_t length = strlen(prefix);
  return strncmp(path, prefix, length) == 0 ||
         (strlen(path) + 1 == length && strncmp(path, prefix, length - 1) == 0);
}

static enum answer test(const struct rule *rule, const char *path) {
  switch (rule->form) {
  case FORM_LITERAL:
    return answer_of(strcmp(path, rule->text) == 0);
  case FORM_PREFIX:
    return answer_of(has_prefix(path, rule->text));
  case FORM_PATTERN: {
    int error = ap_regexec(rule->pattern, path, 0, NULL, 0);
    return error == 0 || error == AP_REG_NOMATCH ? answer_of(error == 0) : ANSWER_UNCLEAR;
  }
  case FORM_UNCLEAR:
    break;
  }
  return ANSWER_UNCLEAR;
}

uint32_t ripple_rules_match(const apr_array_header_t *rules, const char *method, const char *path) {
  for (int i = 0; i < rules->nelts; ++i) {
    const struct rule *rule = &APR_ARRAY_IDX(rules, i, const struct rule);
    if (strcmp(rule->method, "*") != 0 && strcmp(rule->method, method) != 0)
      continue;
    enum answer answer = test(rule, path);
    if (answer != ANSWER_NO)
      return answer == ANSWER_YES ? rule->kind : 0;
  }
  return 0;
}
