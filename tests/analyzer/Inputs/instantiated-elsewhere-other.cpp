// The other unit of instantiated-elsewhere.cpp.
#include "instantiated-elsewhere.h"
template <typename T> Whole<T>::~Whole() { a::use(); }
template <typename T> void Whole<T>::run() { b::use(); }
template <typename T> void Whole<T>::Inner::deep() { c::use(); }
template struct Whole<int>;
template <typename T> void Parts<T>::run() { d::use(); }
template <typename T> void Parts<T>::all() { e::use(); }
template <typename T> template <typename U> void Parts<T>::with(U) { a::use(); }
template void Parts<int>::run();
template void Parts<int>::all();
template void Parts<int>::with<char>(char);
template <typename T> void function(T) { c::use(); }
template void function<int>(int);
