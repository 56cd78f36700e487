package org.ortnce.nce;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How classes are spread over partitions of the weights, as in {@code tf.nn.embedding_lookup}. */
public enum PartitionStrategy {
  /**
   * Class c lies in the concatenation of the partitions in order. The only strategy of TensorFlow
   * 2's {@code tf.nn.nce_loss}, and the default here.
   */
  DIV("div"),

  /**
   * Class c is row c / P of partition c % P of P. The default of {@code tf.compat.v1.nn.nce_loss}.
   */
  MOD("mod");

  private final String attribute;

  PartitionStrategy(String attribute) {
    this.attribute = attribute;
  }

  /** The value of the attribute {@code partition_strategy}. */
  public String attribute() {
    return attribute;
  }

  /**
   * Checks that partitions of these sizes can hold classes under this strategy: any sizes under
   * {@link #DIV}; under {@link #MOD} the first {@code rows % P} partitions have one row more.
   *
   * @throws IllegalArgumentException naming the sizes found and expected
   */
  void checkSizes(List<Long> rows) {
    if (this == DIV || rows.size() == 1) {
      return;
    }
    long total = rows.stream().mapToLong(Long::longValue).sum();
    int partitions = rows.size();
    List<Long> expected =
        IntStream.range(0, partitions)
            .mapToObj(p -> total / partitions + (p < total % partitions ? 1 : 0))
            .toList();
    if (!expected.equals(rows)) {
      throw new IllegalArgumentException(
          "weights of partition_strategy \"mod\" must have " + expected + " rows, got " + rows);
    }
  }

  /** Sizes of {@code partitions} partitions of {@code rows} rows, as even as can be. */
  static long[] evenSizes(long rows, int partitions) {
    return LongStream.range(0, partitions)
        .map(p -> rows / partitions + (p < rows % partitions ? 1 : 0))
        .toArray();
  }
}
