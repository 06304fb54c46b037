#ifdef __clang__
  #error "only for the build's own compiler"
#endif
int broken() { return 1; }
