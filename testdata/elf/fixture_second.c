int fixture_second(int value) { return 2 * value; }
