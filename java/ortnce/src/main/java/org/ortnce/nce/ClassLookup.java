package org.ortnce.nce;

import java.util.List;
import java.util.OptionalLong;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;

/** The rows of partitioned weights by class id, as floats, in standard ops. */
final class ClassLookup {
  /** Beyond any table, also after it is divided by a number of partitions. */
  private static final long FAR_OUTSIDE = 1L << 62;

  private final Value rows;
  private final int partitions;
  private final PartitionStrategy strategy;

  ClassLookup(List<Value> weights, PartitionStrategy strategy) {
    this.rows = weights.size() == 1 ? weights.get(0) : Ops.concat(0, weights);
    this.partitions = weights.size();
    this.strategy = strategy;
  }

  /** The embeddings of these classes, [ids..., dim]. */
  Value embeddings(Value ids) {
    return ClassLogits.floats(Ops.gather(rows, positions(ids), 0));
  }

  /**
   * The embeddings of all classes, in order.
   *
   * @param numClasses how many rows are classes, those after them padding; absent if all are
   * @param totalRows the rows of all partitions, if known
   */
  Value allEmbeddings(OptionalLong numClasses, OptionalLong totalRows) {
    boolean all = numClasses.isEmpty() || numClasses.equals(totalRows);
    boolean inOrder = partitions == 1 || strategy == PartitionStrategy.DIV;
    if (inOrder && all) {
      return ClassLogits.floats(rows);
    }
    if (inOrder) {
      long end = numClasses.getAsLong();
      return Ops.slice(ClassLogits.floats(rows), new long[] {0}, new long[] {end}, new long[] {0});
    }
    Value end = numClasses.isPresent() ? Ops.scalar(numClasses.getAsLong()) : totalRows();
    return embeddings(Ops.range(Ops.scalar(0L), end, Ops.scalar(1L)));
  }

  /**
   * The same ids, but those outside [0, numClasses) moved to where every lookup fails: Gather
   * counts negative indices from the end, and padding rows are there to be found.
   */
  static Value checked(Value ids, OptionalLong numClasses) {
    Value outside = Ops.less(ids, Ops.scalar(0L));
    if (numClasses.isPresent()) {
      Value above = Ops.greaterOrEqual(ids, Ops.scalar(numClasses.getAsLong()));
      outside = Ops.or(outside, above);
    }
    return Ops.where(outside, Ops.scalar(FAR_OUTSIDE), ids);
  }

  /** Where these classes lie in the concatenation of the partitions. */
  private Value positions(Value ids) {
    if (partitions == 1 || strategy == PartitionStrategy.DIV) {
      return ids;
    }
    // Class c is row c / P of partition c % P, which starts after (c % P) * (rows / P) rows and one
    // more for each longer partition before it.
    Value count = Ops.scalar((long) partitions);
    Value total = totalRows();
    Value partition = Ops.mod(ids, count);
    Value start =
        Ops.add(
            Ops.mul(partition, Ops.div(total, count)), Ops.min(partition, Ops.mod(total, count)));
    return Ops.add(start, Ops.div(ids, count));
  }

  private Value totalRows() {
    return Ops.gather(Ops.shape(rows), Ops.scalar(0L), 0);
  }
}
