#include "cuda_emulation/tensor_core.h"

#include "cuda_emulation/number_bits.h"

namespace ortnce::kernels::cuda {
namespace {

/// The numbers in a word of a fragment.
struct Words {
  static void unpack(Float16, uint32_t word, double* out) {
    out[0] = number_of(Float16{}, static_cast<uint16_t>(word));
    out[1] = number_of(Float16{}, static_cast<uint16_t>(word >> 16));
  }
  static void unpack(Bfloat16, uint32_t word, double* out) {
    out[0] = number_of(Bfloat16{}, static_cast<uint16_t>(word));
    out[1] = number_of(Bfloat16{}, static_cast<uint16_t>(word >> 16));
  }
  static void unpack(float, uint32_t word, double* out) {
    out[0] = static_cast<double>(float_of(word & ~uint32_t{0x1fff}));
  }
};

struct Lane {
  const uint32_t* a;
  const uint32_t* b;
  float* c;
};

template <class T>
void multiply_add_lanes(void* const* lanes) {
  constexpr int kPerWord = 4 / sizeof(T), kInner = 8 * kPerWord;
  double a[16][kInner], b[8][kInner];
  for (int l = 0; l < kWarp; ++l) {
    const auto* const lane = static_cast<const Lane*>(lanes[l]);
    const int row = l / 4, inner = l % 4 * kPerWord;
    for (int chunk = 0; chunk < 2; ++chunk) {
      const int at = chunk * 4 * kPerWord + inner;
      Words::unpack(T{}, lane->a[2 * chunk], &a[row][at]);
      Words::unpack(T{}, lane->a[2 * chunk + 1], &a[row + 8][at]);
      Words::unpack(T{}, lane->b[chunk], &b[row][at]);
    }
  }
  for (int l = 0; l < kWarp; ++l) {
    float* const c = static_cast<const Lane*>(lanes[l])->c;
    for (int i = 0; i < 4; ++i) {
      const int row = l / 4 + i / 2 * 8, column = l % 4 * 2 + i % 2;
      double sum = static_cast<double>(c[i]);
      for (int k = 0; k < kInner; ++k) sum += a[row][k] * b[column][k];
      c[i] = cut_off(sum);
    }
  }
}

template <class T>
void multiply_add_in_warp(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  Lane lane{a, b, c};
  emulation::current_block().together(kWarp, &multiply_add_lanes<T>, &lane);
}

template <bool kTransposed>
void load_rows(const void* row, uint32_t (&r)[4]) {
  emulation::Block& block = emulation::current_block();
  block.shared().read(block.thread(), row, 16);
  struct Rows {
    const void* row;
    uint32_t* words;
  } lane{row, r};
  block.together(
      kWarp,
      [](void* const* lanes) {
        for (int l = 0; l < kWarp; ++l) {
          for (int m = 0; m < 4; ++m) {
            const auto row_of = [&](int index) {
              return static_cast<const unsigned char*>(static_cast<const Rows*>(lanes[m * 8 + index])->row);
            };
            auto* const to = reinterpret_cast<unsigned char*>(static_cast<const Rows*>(lanes[l])->words + m);
            if constexpr (kTransposed) {
              for (int i = 0; i < 2; ++i) std::memcpy(to + 2 * i, row_of(l % 4 * 2 + i) + l / 4 * 2, 2);
            } else {
              std::memcpy(to, row_of(l / 4) + l % 4 * 4, 4);
            }
          }
        }
      },
      &lane);
}

}  // namespace

void load_matrices(const void* row, uint32_t (&r)[4]) { load_rows<false>(row, r); }
void load_matrices_transposed(const void* row, uint32_t (&r)[4]) { load_rows<true>(row, r); }

void multiply_add(Float16, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  multiply_add_in_warp<Float16>(c, a, b);
}
void multiply_add(Bfloat16, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  multiply_add_in_warp<Bfloat16>(c, a, b);
}
void multiply_add(float, float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  multiply_add_in_warp<float>(c, a, b);
}

}  // namespace ortnce::kernels::cuda
