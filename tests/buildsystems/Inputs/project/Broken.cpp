// GCC has it, and Clang has not.
using Vector = int __attribute__((vector_size(16)));
int broken() { return __builtin_shuffle(Vector{1, 2, 3, 4}, Vector{3, 2, 1, 0})[0]; }
