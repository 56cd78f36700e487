// Examples packed as the panels that the class kernels take.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/cpu/class_block.h"
#include "kernels/parallel.h"
#include "kernels/sizes.h"

namespace ortnce::kernels {

/// The most panels that one task takes against the same classes.
inline constexpr int64_t kGroupPanels = 4;

/// How a batch is cut into panels.
struct ExamplePanels {
  int64_t batch;
  int64_t dim;
  int64_t width;   // examples of a panel
  int64_t panels;  // the last may be partly filled
  int64_t groups;  // of kGroupPanels panels

  ExamplePanels(const cpu::ClassBlockKernels& kernels, int64_t batch_, int64_t dim_)
      : batch(batch_),
        dim(dim_),
        width(kernels.panel_width),
        panels(ceil_div(batch_, width)),
        groups(ceil_div(panels, kGroupPanels)) {}

  /// Places for examples, those of the last panel that hold none included.
  int64_t padded() const { return panels * width; }

  /// The examples of a panel.
  int64_t count(int64_t panel) const { return std::min(width, batch - panel * width); }

  /// Calls visit(panel) for the panels of a group.
  template <class Visit>
  void for_each(int64_t group, Visit visit) const {
    const int64_t end = std::min((group + 1) * kGroupPanels, panels);
    for (int64_t panel = group * kGroupPanels; panel < end; ++panel) visit(panel);
  }
};

/// The widest panel of any level.
inline constexpr int64_t kMostPanelWidth = 64;

/// Packs rows of `type`, one an example, as panels [panels, D, width]. `const void* row(example)`.
template <class Row>
void pack_examples(const cpu::ClassBlockKernels& kernels, const ExamplePanels& panels, int64_t panel, ElementType type,
                   Row row, float* packed) {
  const void* rows[kMostPanelWidth];
  const int64_t count = panels.count(panel);
  for (int64_t e = 0; e < count; ++e) rows[e] = row(panel * panels.width + e);
  kernels.pack_panel(type, rows, count, panels.dim, packed + panel * panels.width * panels.dim);
}

}  // namespace ortnce::kernels
