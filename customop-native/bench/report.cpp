#include "report.h"

#include <cstdio>

namespace ortnce::bench {

void print_floor(int threads, const MachineFloor& floor) {
  std::printf("%d thread%s: %.0f GFLOP/s from registers, %.1f GB/s from memory", threads, threads == 1 ? "" : "s",
              floor.gflops, floor.gigabytes_a_second);
  if (floor.pair_gflops > 0) std::printf(", %.0f GFLOP/s of bfloat16 pairs", floor.pair_gflops);
  std::printf("\n");
}

void print_header() {
  std::printf(
      "\n| kernel | threads | ms | best | GFLOP/s | floor, ms | share |\n| --- | ---: | ---: | ---: | ---: | ---: | "
      "---: |\n");
}

void print_result(const Result& r) {
  std::printf("| %s | %d | %.4g | %.4g | %.0f | %.4g | %.2f |\n", r.name.c_str(), r.threads, 1e3 * r.seconds.median,
              1e3 * r.seconds.best, r.gflops, 1e3 * r.floor_seconds, r.floor_seconds / r.seconds.median);
  std::fflush(stdout);
}

bool write_json(const char* path, const char* level, const std::vector<Result>& results) {
  std::FILE* const file = std::fopen(path, "w");
  if (file == nullptr) return false;
  std::fprintf(file, "{\"level\": \"%s\", \"results\": [", level);
  const char* separator = "\n";
  for (const Result& r : results) {
    std::fprintf(file,
                 "%s  {\"kernel\": \"%s\", \"threads\": %d, \"median\": %.6g, \"best\": %.6g, \"gflops\": %.6g, "
                 "\"floor\": %.6g}",
                 separator, r.name.c_str(), r.threads, r.seconds.median, r.seconds.best, r.gflops, r.floor_seconds);
    separator = ",\n";
  }
  const bool written = std::fprintf(file, "\n]}\n") > 0;
  return std::fclose(file) == 0 && written;
}

}  // namespace ortnce::bench
