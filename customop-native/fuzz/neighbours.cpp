#include "neighbours.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>

namespace ortnce::fuzz {
namespace {

constexpr size_t kMostBytes = 160;

const Target* running_target = nullptr;
const Input* running = nullptr;

/// Uses what a handler of signals may.
void print(const char* text, size_t length) { [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, length); }

/// The line of corpus/TARGET.txt that this input would be.
void print_running(int signal) {
  constexpr char kDigits[] = "0123456789abcdef";
  const char* const name = running_target->name;
  print(name, std::char_traits<char>::length(name));
  print(": ", 2);
  for (const uint8_t byte : *running) {
    const char digits[] = {kDigits[byte >> 4], kDigits[byte & 15]};
    print(digits, 2);
  }
  print("\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void handle_crashes(void (*handler)(int)) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, handler);
}

/// One to four changes: a byte, a bit, one byte more or less, or the end of another input.
Input neighbour(const std::vector<Input>& inputs, std::mt19937_64& random) {
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  Input input = inputs[below(inputs.size())];
  for (size_t changes = 1 + below(4); changes > 0; --changes) {
    const size_t at = below(input.size() + 1);
    const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto any = static_cast<uint8_t>(random());
    const bool inside = at < input.size();
    switch (below(5)) {
      case 0:
        if (inside) *place = any;
        break;
      case 1:
        if (inside) *place = static_cast<uint8_t>(*place ^ 1u << below(8));
        break;
      case 2: input.insert(place, any); break;
      case 3:
        if (inside) input.erase(place);
        break;
      default: {
        const Input& other = inputs[below(inputs.size())];
        input.resize(std::min(at, other.size()));
        input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(input.size()), other.end());
      }
    }
  }
  input.resize(std::min(input.size(), kMostBytes));
  return input;
}

}  // namespace

int64_t run_neighbours(const Target& target, const std::vector<Input>& inputs, double seconds, uint64_t seed) {
  if (inputs.empty()) return 0;
  handle_crashes(print_running);
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::mt19937_64 random(seed);
  uint64_t count = 0;
  running_target = &target;
  for (; Clock::now() < end; ++count) {
    const Input input = neighbour(inputs, random);
    running = &input;
    run_target(target, input.data(), input.size(), count % kJudgedOneIn == 0);
  }
  handle_crashes(SIG_DFL);
  return static_cast<int64_t>(count);
}

}  // namespace ortnce::fuzz
