using Vector = int __attribute__((vector_size(16)));
  Vector shuffled(Vector a, Vector b) { return __builtin_shuffle(a, b); }
int broken() { return 1; }
