#pragma once
#include <string>
std::string pack(const std::string &text);
