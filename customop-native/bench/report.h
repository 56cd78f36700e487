// The results as a table for people and as JSON for machines.
#pragma once

#include <string>
#include <vector>

#include "machine_floor.h"
#include "measurement.h"

namespace ortnce::bench {

struct Result {
  std::string name;
  int threads;
  Seconds seconds;
  double gflops;         // in the median
  double floor_seconds;  // the greater of arithmetic at the floor's rate and memory at its rate
};

void print_floor(int threads, const MachineFloor& floor);
void print_header();
void print_result(const Result& result);

/// Returns whether it could be written.
bool write_json(const char* path, const char* level, const std::vector<Result>& results);

}  // namespace ortnce::bench
