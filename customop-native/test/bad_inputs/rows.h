// The table of bad inputs: what each row feeds to an op, and what must come of it.
#pragma once

#include <vector>

namespace ortnce::test {

/// One row: `check` throws if the outcome is not the one that the row demands.
struct Row {
  const char* id;
  const char* input;
  void (*check)();
  int mib = 1024;  // of address space
};

/// Rows that the ops cannot meet, and who does.
struct OtherRows {
  const char* ids;
  int count;
  const char* reason;
};

std::vector<Row> sampler_rows();
std::vector<Row> unigram_rows();
std::vector<Row> nce_shape_rows();
std::vector<Row> nce_sample_rows();
std::vector<Row> nce_value_rows();
std::vector<Row> nce_attribute_rows();
std::vector<Row> nce_gradient_rows();
std::vector<Row> class_rows();
std::vector<Row> sparse_rows();
std::vector<Row> runtime_rows();

std::vector<OtherRows> rows_of_others();

}  // namespace ortnce::test
