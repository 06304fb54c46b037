namespace cpp office
service Calculator {
  i32 add(1: i32 a, 2: i32 b)
  oneway void reset()
}
service Scientific extends Calculator {
  double root(1: double x)
}
