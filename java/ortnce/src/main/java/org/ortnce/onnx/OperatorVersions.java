package org.ortnce.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In which versions of ONNX's own operator set a node of an older version still means the same.
 *
 * <p>New versions mostly add types or optional attributes. Listed are those that broke nodes: that
 * turned attributes into inputs, changed a default, asked for more, or removed the operator.
 */
final class OperatorVersions {
  /** The last version whose changes are known here. */
  static final long LAST = 28;

  /** Before it, arithmetic did not broadcast as it does since, and much else changed. */
  static final long FIRST = 7;

  /** The reductions whose axes became an input in version 18. */
  static final List<String> REDUCTIONS =
      List.of("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare");

  private static final Map<String, long[]> BROKEN_AT = new HashMap<>();

  static {
    brokenAt("Scan", 9);
    brokenAt("Upsample", 9, 10);
    brokenAt("BatchNormalization", 9, 14);
    brokenAt("Slice", 10);
    brokenAt("TopK", 10);
    brokenAt("Clip", 11);
    brokenAt("Pad", 11);
    brokenAt("Resize", 11);
    brokenAt("Scatter", 11);
    brokenAt("Dropout", 12);
    brokenAt("Hardmax", 13);
    brokenAt("LogSoftmax", 13);
    brokenAt("Softmax", 13);
    brokenAt("Squeeze", 13);
    brokenAt("Unsqueeze", 13);
    brokenAt("ReduceSum", 13);
    brokenAt("Split", 13, 18);
    brokenAt("RoiAlign", 16);
    REDUCTIONS.forEach(reduction -> brokenAt("Reduce" + reduction, 18));
    brokenAt("DFT", 20);
    brokenAt("GridSample", 20);
    brokenAt("GroupNormalization", 21);
  }

  private OperatorVersions() {}

  /** The versions that broke nodes of an operator, ascending. */
  static long[] brokenAt(String opType) {
    return BROKEN_AT.getOrDefault(opType, new long[0]);
  }

  private static void brokenAt(String opType, long... versions) {
    BROKEN_AT.put(opType, versions);
  }

  /** The last version in which a node of version {@code written} of the domain is the same. */
  static long untilVersion(String domain, String opType, long written) {
    if (!domain.isEmpty() || written < FIRST) {
      return written;
    }
    for (long broken : brokenAt(opType)) {
      if (broken > written) {
        return broken - 1;
      }
    }
    return Math.max(written, LAST);
  }
}
