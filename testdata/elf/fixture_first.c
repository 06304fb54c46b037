int fixture_second(int value);
int fixture_hidden(int value) { return value + 1; }
__attribute__((weak)) int fixture_shared(int value) { return value + 2; }
int fixture_first(int value) { return fixture_second(fixture_hidden(value)); }
