package org.ortnce.nce;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ortnce.tensor.RowTable;
import org.ortnce.tensor.Tensor;

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

  /**
   * The partitions of a table of class embeddings, as even as can be: each reads its rows of {@code
   * table} when it is written.
   *
   * @throws IllegalArgumentException if there is no partition
   */
  public List<RowTable> split(RowTable table, int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be >= 1, got " + partitions);
    }
    List<RowTable> parts = new ArrayList<>();
    long from = 0;
    for (long rows : evenSizes(table.shape()[0], partitions)) {
      parts.add(this == DIV ? table.rows(from, rows) : table.everyNth(parts.size(), partitions));
      from += rows;
    }
    return List.copyOf(parts);
  }

  /**
   * The rows of the classes [begin, end) as partitions of the same strategy in which {@code begin}
   * is class 0: views of the same memory.
   */
  public List<Tensor> rowsOf(List<Tensor> partitions, long begin, long end) {
    long total = partitions.stream().mapToLong(partition -> partition.dim(0)).sum();
    if (begin < 0 || end <= begin || end > total) {
      throw new IllegalArgumentException(
          "classes [" + begin + ", " + end + ") are not within [0, " + total + ")");
    }
    List<Tensor> rows = new ArrayList<>();
    int count = partitions.size();
    if (this == MOD && count > 1) {
      // Class begin, which is to be class 0, lies in partition begin % P: so that one comes first.
      for (int q = 0; q < count; q++) {
        int p = Math.toIntExact((begin + q) % count);
        long first = rowsBefore(begin, p, count);
        rows.add(partitions.get(p).rows(first, rowsBefore(end, p, count) - first));
      }
      return rows;
    }
    long start = 0;
    for (Tensor partition : partitions) {
      long from = Math.max(begin, start);
      long to = Math.min(end, start + partition.dim(0));
      if (from < to) {
        rows.add(partition.rows(from - start, to - from));
      }
      start += partition.dim(0);
    }
    return rows;
  }

  /** How many of the classes below {@code classId} lie in partition p of {@code count}. */
  private static long rowsBefore(long classId, int p, int count) {
    return classId / count + (p < classId % count ? 1 : 0);
  }

  /** Sizes of {@code partitions} partitions of {@code rows} rows, as even as can be. */
  static long[] evenSizes(long rows, int partitions) {
    return LongStream.range(0, partitions)
        .map(p -> rows / partitions + (p < rows % partitions ? 1 : 0))
        .toArray();
  }
}
