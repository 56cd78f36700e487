// What an emulated launch did wrong.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <string>

namespace ortnce::emulation {

/// Keeps the first finding and counts all.
class Findings {
 public:
  [[gnu::format(printf, 2, 3)]] void add(const char* format, ...) {
    if (count_++ > 0) return;
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    first_ = text;
  }

  bool any() const { return count_ > 0; }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
  long count_ = 0;
};

}  // namespace ortnce::emulation
