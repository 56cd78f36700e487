package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ortnce.onnx.ElementwiseOpsTest.eval;
import static org.ortnce.onnx.ElementwiseOpsTest.floats;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.Tensor;

/** Matrix, reduction, layout and indexing operators on stock ONNX Runtime, values by hand. */
class TensorOpsTest {
  /** The matrix 1 2 3 / 4 5 6. */
  private static final Value X = Ops.constant(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));

  private static long[] longs(Value y) {
    return StockRuntime.eval(y).toLongArray();
  }

  @Test
  void matMul() {
    Value w = Ops.constant(Tensor.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2));
    assertThat(eval(Ops.matMul(X, w))).containsExactly(4, 5, 10, 11);
    assertThat(eval(Ops.matMul(X, floats(1, 1, 1)))).containsExactly(6, 15);
    assertThat(eval(Ops.matMul(floats(1, 1), X))).containsExactly(5, 7, 9);
    assertThat(eval(Ops.matMul(floats(1, 2), floats(3, 4)))).containsExactly(11);
    Value stacked = Ops.reshape(X, 2, 1, 3);
    assertThat(eval(Ops.matMul(stacked, w))).containsExactly(4, 5, 10, 11);
  }

  @Test
  void gemm() {
    Value w = Ops.constant(Tensor.of(new float[] {1, 1, 1, 0, 0, 1}, 2, 3));
    assertThat(eval(Ops.gemm(X, w, floats(100, 200), 2, 1, false, true)))
        .containsExactly(112, 206, 130, 212);
    assertThat(eval(Ops.gemm(X, Ops.transpose(w), null))).containsExactly(6, 3, 15, 6);
    assertThat(eval(Ops.gemm(X, w, null, 1, 0, true, false)))
        .containsExactly(1, 1, 5, 2, 2, 7, 3, 3, 9);
  }

  @Test
  void reductions() {
    assertThat(eval(Ops.reduceSum(X, false, 1))).containsExactly(6, 15);
    assertThat(eval(Ops.reduceSum(X, true, -2))).containsExactly(5, 7, 9);
    assertThat(eval(Ops.reduceSum(X, false))).containsExactly(21);
    assertThat(eval(Ops.reduceMean(X, false, 0))).containsExactly(2.5f, 3.5f, 4.5f);
    assertThat(eval(Ops.reduceMean(X, false))).containsExactly(3.5f);
    assertThat(eval(Ops.reduceMax(X, true, 1))).containsExactly(3, 6);
    assertThat(eval(Ops.reduceMin(X, false, 0, 1))).containsExactly(1);
    assertThat(longs(Ops.argMax(X, 1, false))).containsExactly(2, 2);
    assertThat(longs(Ops.argMax(X, -2, true))).containsExactly(1, 1, 1);
  }

  @Test
  void topK() {
    TopK top = Ops.topK(X, 2);
    assertThat(eval(top.values())).containsExactly(3, 2, 6, 5);
    assertThat(longs(top.indices())).containsExactly(2, 1, 2, 1);
    TopK bottom = Ops.topK(X, Ops.vector(1), 0, false, true);
    assertThat(eval(bottom.values())).containsExactly(1, 2, 3);
    assertThat(longs(bottom.indices())).containsExactly(0, 0, 0);
  }

  @Test
  void gathers() {
    assertThat(eval(Ops.gather(X, Ops.vector(2, 0), 1))).containsExactly(3, 1, 6, 4);
    assertThat(eval(Ops.gather(X, Ops.scalar(-1L), 0))).containsExactly(4, 5, 6);
    Value places = Ops.constant(Tensor.of(new long[][] {{2}, {0}}));
    assertThat(eval(Ops.gatherElements(X, places, 1))).containsExactly(3, 4);
  }

  @Test
  void scatters() {
    Value places = Ops.constant(Tensor.of(new long[][] {{2}, {0}}));
    Value updates = Ops.constant(Tensor.of(new float[] {10, 20}, 2, 1));
    assertThat(eval(Ops.scatterElements(X, places, updates, 1, "none")))
        .containsExactly(1, 2, 10, 20, 5, 6);
    assertThat(eval(Ops.scatterElements(X, places, updates, 1, "add")))
        .containsExactly(1, 2, 13, 24, 5, 6);
    Value rows = Ops.constant(Tensor.of(new long[][] {{1}}));
    Value row = Ops.constant(Tensor.of(new float[] {7, 8, 9}, 1, 3));
    assertThat(eval(Ops.scatterND(X, rows, row, "none"))).containsExactly(1, 2, 3, 7, 8, 9);
    assertThat(eval(Ops.scatterND(X, rows, row, "mul"))).containsExactly(1, 2, 3, 28, 40, 54);
    Value points = Ops.constant(Tensor.of(new long[][] {{0, 0}, {1, 2}}));
    assertThat(eval(Ops.scatterND(X, points, floats(-1, -2), "none")))
        .containsExactly(-1, 2, 3, 4, 5, -2);
  }

  @Test
  void oneHot() {
    Value y = Ops.oneHot(Ops.vector(1, 0), 3, Tensor.of(new float[] {0, 1}, 2), -1);
    assertThat(eval(y)).containsExactly(0, 1, 0, 1, 0, 0);
    assertThat(y.type()).hasToString("float[2, 3]");
  }

  @Test
  void concat() {
    assertThat(eval(Ops.concat(0, X, X))).containsExactly(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6);
    Value column = Ops.constant(Tensor.of(new float[] {0, 9}, 2, 1));
    assertThat(eval(Ops.concat(-1, X, column))).containsExactly(1, 2, 3, 0, 4, 5, 6, 9);
  }

  @Test
  void layouts() {
    assertThat(eval(Ops.transpose(X))).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(eval(Ops.transpose(Ops.reshape(X, 1, 2, 3), 2, 0, 1)))
        .containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(Ops.reshape(X, 0, -1, 1).type()).hasToString("float[2, 3, 1]");
    assertThat(eval(Ops.reshape(X, 0, -1, 1))).hasSize(6);
    assertThat(eval(Ops.reshape(X, Ops.vector(6)))).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(StockRuntime.eval(Ops.unsqueeze(X, 0, -1)).shape()).containsExactly(1, 2, 3, 1);
    assertThat(StockRuntime.eval(Ops.squeeze(Ops.unsqueeze(X, 0, 3), 0)).shape())
        .containsExactly(2, 3, 1);
    assertThat(StockRuntime.eval(Ops.squeeze(Ops.unsqueeze(X, 0, 3))).shape())
        .containsExactly(2, 3);
    assertThat(eval(Ops.expand(floats(1, 2), 2, 1))).containsExactly(1, 2, 1, 2);
    assertThat(eval(Ops.expand(X, Ops.vector(1)))).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shapesAndSizes() {
    assertThat(longs(Ops.shape(X))).containsExactly(2, 3);
    assertThat(longs(Ops.size(X))).containsExactly(6);
  }

  @Test
  void slices() {
    assertThat(eval(slice(new long[] {1}, new long[] {3}, new long[] {1})))
        .containsExactly(2, 3, 5, 6);
    assertThat(eval(slice(new long[] {0, -2}, new long[] {1, 100}, new long[] {0, -1})))
        .containsExactly(2, 3);
    Value reversed =
        Ops.slice(X, new long[] {-1}, new long[] {-100}, new long[] {1}, new long[] {-2});
    assertThat(eval(reversed)).containsExactly(3, 1, 6, 4);
    Value computed = Ops.slice(X, Ops.vector(1), Ops.vector(2), Ops.vector(0), null);
    assertThat(eval(computed)).containsExactly(4, 5, 6);
  }

  /** Every slice of a vector of 5: the inferred length is compared with the runtime's. */
  @Test
  void slicedLengthsAgreeWithTheRuntime() {
    Value x = floats(0, 1, 2, 3, 4);
    ModelBuilder model = new ModelBuilder();
    int count = 0;
    for (long start : new long[] {-9, -5, -1, 0, 2, 5, 9}) {
      for (long end : new long[] {Long.MIN_VALUE + 1, -9, -6, -2, 0, 3, 5, Long.MAX_VALUE}) {
        for (long step : new long[] {1, 2, -1, -3}) {
          Value y =
              Ops.slice(x, new long[] {start}, new long[] {end}, new long[] {0}, new long[] {step});
          model.output("y" + count++ + "_" + y.shape().dim(0), y);
        }
      }
    }
    StockRuntime.run(model.build(), Map.of())
        .forEach((name, y) -> assertThat(name).matches(".*_([?]|" + y.elementCount() + ")"));
  }

  private static Value slice(long[] starts, long[] ends, long[] axes) {
    return Ops.slice(X, starts, ends, axes);
  }

  @Test
  void rangesAndFills() {
    assertThat(longs(Ops.range(Ops.scalar(2L), Ops.scalar(9L), Ops.scalar(3L))))
        .containsExactly(2, 5, 8);
    Value n = Ops.range(Ops.scalar(0L), Ops.scalar(4L), Ops.scalar(1L));
    assertThat(n.type()).hasToString("int64[4]");
    assertThat(longs(n)).containsExactly(0, 1, 2, 3);
    Value filled = Ops.constantOfShape(Ops.shape(X), Tensor.of(new float[] {7}, 1));
    assertThat(filled.type()).hasToString("float[2, 3]");
    assertThat(eval(filled)).containsExactly(7, 7, 7, 7, 7, 7);
  }
}
