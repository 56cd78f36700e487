// The output layer: embedding rows and biases of the classes, wherever their partitions lie.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/class_rows.h"
#include "platform/libm.h"

namespace ortnce::kernels {

/// Read access by class id. Owns none of the numbers.
class ClassTable {
 public:
  /// partitions[p]: rows of partition p, [size_p, dim]. `biases`: one a class, or null for zeros.
  ClassTable(ClassRows rows, std::vector<const float*> partitions, int64_t dim, const float* biases)
      : rows_(std::move(rows)), partitions_(std::move(partitions)), dim_(dim), biases_(biases) {}

  /// Embedding [dim] of a class.
  const float* row(int64_t class_id) const {
    const RowAddress address = rows_.find(class_id);
    return partitions_[address.partition] + address.row * dim_;
  }

  /// What is added to the dot product of a class: bias - log(expected_count).
  float offset(int64_t class_id, float expected_count) const {
    return static_cast<float>(static_cast<double>(bias(class_id)) - platform::log(static_cast<double>(expected_count)));
  }

  /// How many classes from `class_id` on have their embeddings one behind the other.
  int64_t run_length(int64_t class_id) const { return rows_.run_length(class_id); }

  /// One a class; null for zeros.
  const float* biases() const { return biases_; }

  float bias(int64_t class_id) const { return biases_ == nullptr ? 0.0f : biases_[class_id]; }

 private:
  ClassRows rows_;
  std::vector<const float*> partitions_;
  int64_t dim_;
  const float* biases_;
};

}  // namespace ortnce::kernels
