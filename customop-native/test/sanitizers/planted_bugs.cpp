// Bugs that the sanitizers must see; a build without them runs none of these.
// usage: ortnce_planted_bugs heap|shift|race
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

namespace {

void heap_overflow() {
  std::vector<float> weights(16);
  volatile size_t row = 16;
  std::printf("%f\n", static_cast<double>(weights.data()[row]));
}

void too_long_shift() {
  volatile int bits = 64;
  std::printf("%lld\n", static_cast<long long>(1LL << bits));
}

void data_race() {
  int next_run = 0;
  const auto take = [&] {
    for (int i = 0; i < 1000; ++i) ++next_run;
  };
  std::thread one(take), other(take);
  one.join();
  other.join();
  std::printf("%d\n", next_run);
}

}  // namespace

int main(int argc, char** argv) {
  const char* const bug = argc > 1 ? argv[1] : "";
  if (std::strcmp(bug, "heap") == 0) heap_overflow();
  if (std::strcmp(bug, "shift") == 0) too_long_shift();
  if (std::strcmp(bug, "race") == 0) data_race();
  return 0;
}
