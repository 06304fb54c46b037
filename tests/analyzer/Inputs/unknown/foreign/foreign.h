#pragma once
inline int foreign() { return 1; }
