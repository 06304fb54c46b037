__attribute__((weak)) int fixture_shared(int value) { return value + 2; }
int fixture_second(int value) { return 2 * fixture_shared(value); }
