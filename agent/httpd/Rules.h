/*===- Rules.h - Which request kind a request of httpd is ---------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * The same as agent/gate/RequestMatcher.hpp, with httpd's pools and patterns.
 *
 *===----------------------------------------------------------------------===*/
#ifndef RIPPLE_AGENT_HTTPD_RULES_H
#define RIPPLE_AGENT_HTTPD_RULES_H

#include "agent/gate/ripple_gate.h"

#include <apr_tables.h>
#include <httpd.h>

/* The request kinds of GATE in their order of precedence, as an array of rules in POOL. Read-only
 * from then on: any thread may match. */
apr_array_header_t *ripple_rules_of(apr_pool_t *pool, const ripple_gate *gate);

/* The kind of a request by its method and decoded path. 0, *other*, where none matches, and where
 * a rule that comes first cannot be evaluated. */
uint32_t ripple_rules_match(const apr_array_header_t *rules, const char *method, const char *path);

#endif
