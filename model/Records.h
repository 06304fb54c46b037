//===- Records.h - Records that several documents hold ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to model/: readers and writers of the structs that a plan copies from
// its inputs.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_RECORDS_H
#define RIPPLE_MODEL_RECORDS_H

#include "model/Plan.h"
#include "model/Reader.h"
#include "model/Writer.h"

namespace ripple::model {

void read(const Value &value, Confidence &out);
void read(const Value &value, Phase &out);
void read(const Value &value, ComponentKind &out);
void read(const Value &value, RestartDomain &out);
void read(const Value &value, Sessions &out);

/// What a component of KIND takes to be replaced where nothing else is said.
RestartDomain usualRestart(ComponentKind kind);

void read(const Value &value, Router &out);
void read(const Value &value, Server &out);
/// The keys of an application's policy, for documents that add keys of their own.
void readPolicy(ObjectReader &object, ApplicationPolicy &out);
void write(JsonWriter &writer, const Router &router);
void write(JsonWriter &writer, const Server &server);
void writePolicy(ObjectWriter &object, const ApplicationPolicy &policy);

/// Names and addresses that are used twice in a list of servers.
void checkServers(const Value &list, const std::vector<Server> &servers);
/// Sorted by name, each server's applications too.
void normalize(std::vector<Server> &servers);

void read(const Value &value, Upgrade &out);
void read(const Value &value, ComponentVersion &out);
void read(const Value &value, OrderRule &out);
void read(const Value &value, Window &out);
void read(const Value &value, PlanSignature &out);
/// A time that must be there: RFC 3339 in UTC and whole seconds, which sorts as text. False where
/// it is not, which was then said.
bool takeTime(ObjectReader &object, std::string_view key, std::string &out);
void write(JsonWriter &writer, const Upgrade &upgrade);
void write(JsonWriter &writer, const OrderRule &rule);
void write(JsonWriter &writer, const Window &window);
void write(JsonWriter &writer, const ComponentVersion &version);
void write(JsonWriter &writer, const PlanSignature &signature);

} // namespace ripple::model

#endif
