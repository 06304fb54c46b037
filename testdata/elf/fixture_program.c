int fixture_first(int value);
int main(int argc, char **argv) { return argv ? fixture_first(argc) : 1; }
