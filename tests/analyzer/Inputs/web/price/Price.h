#pragma once
extern "C" {
struct price_plugin {
  unsigned long (*price)(unsigned long size);
};
}
