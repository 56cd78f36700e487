// The output layer: embedding rows and biases of the classes, wherever their partitions lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/class_rows.h"
#include "kernels/conversion.h"
#include "kernels/element_type.h"
#include "kernels/row_products.h"

namespace ortnce::kernels {

/// Read access by class id. Owns none of the numbers, all of which are of one type.
class ClassTable {
 public:
  /// partitions[p]: rows of partition p, [size_p, dim]. `biases`: one a class, or null for zeros.
  ClassTable(ClassRows rows, ElementType type, std::vector<const void*> partitions, int64_t dim, const void* biases)
      : rows_(std::move(rows)), type_(type), partitions_(std::move(partitions)), dim_(dim), biases_(biases) {}

  ElementType type() const { return type_; }

  /// Embedding [dim] of a class.
  const void* row(int64_t class_id) const {
    const RowAddress address = rows_.find(class_id);
    return element(partitions_[address.partition], address.row * dim_);
  }

  /// Whether there are several partitions.
  bool partitioned() const { return partitions_.size() > 1; }

  /// Whether all rows can be read as pairs of bfloat16 numbers.
  bool holds_pairs() const {
    return type_ == ElementType::kBfloat16 && std::all_of(partitions_.begin(), partitions_.end(), [&](const void* rows) {
             return kernels::holds_pairs(rows, dim_);
           });
  }

  /// How many classes from `class_id` on have their embeddings one behind the other.
  int64_t run_length(int64_t class_id) const { return rows_.run_length(class_id); }

  bool has_biases() const { return biases_ != nullptr; }

  /// The biases of the classes from `class_id` on, where there are any.
  const void* biases(int64_t class_id) const { return element(biases_, class_id); }

  float bias(int64_t class_id) const {
    if (biases_ == nullptr) return 0.0f;
    if (type_ == ElementType::kFloat) return static_cast<const float*>(biases_)[class_id];
    float bias;
    widen(type_, biases(class_id), 1, &bias);
    return bias;
  }

 private:
  const void* element(const void* first, int64_t index) const {
    return static_cast<const char*>(first) + index * element_bytes(type_);
  }

  ClassRows rows_;
  ElementType type_;
  std::vector<const void*> partitions_;
  int64_t dim_;
  const void* biases_;
};

}  // namespace ortnce::kernels
