package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ortnce.ChildJvm;
import org.ortnce.nce.EvaluationOptions;
import org.ortnce.nce.ModelOptions;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceModels;
import org.ortnce.nce.OutputLayer;
import org.ortnce.nce.PartitionStrategy;
import org.ortnce.onnx.ExternalDataOptions;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.CandidateSample;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.RowTable;
import org.ortnce.tensor.Tensor;

/**
 * A table larger than the heap is exported from a .npy file, opened and evaluated in a JVM of its
 * own: 128 MiB with 40 MB of heap, or with {@code -Dortnce.large.mib=4608} as many MiB with 512 MB.
 * The .npy file is sparse: its rows are zeros but for the first and the last.
 */
class LargeExportTest {
  private static final int DIM = 128;
  private static final int MIB = Integer.getInteger("ortnce.large.mib", 128);

  @TempDir Path directory;

  @Test
  void aTableLargerThanTheHeap() throws Exception {
    long rows = MIB * (1L << 20) / (4 * DIM);
    Path npy = directory.resolve("table.npy");
    writeSparse(npy, rows);
    String heap = MIB > 1000 ? "-Xmx512m" : "-Xmx40m";
    for (String kind : List.of("one", "div", "mod")) {
      ChildJvm.Outcome outcome =
          ChildJvm.run(Export.class, List.of(heap), npy.toString(), kind, Long.toString(rows));
      assertThat(outcome.exitValue()).as(outcome.output()).isZero();
      // x . w of rows of ones is DIM * value: 128 * 0.25 = 32 for the first, 16 for the last.
      String expected =
          String.format(Locale.ROOT, "loss %.4f", softplus(-32) + softplus(16) + softplus(0));
      assertThat(outcome.output()).as(kind).contains(expected);
      double all = softplus(-32) + softplus(16) + (rows - 2) * softplus(0);
      assertThat(outcome.output())
          .as(kind)
          .contains(String.format(Locale.ROOT, "mean over all classes %.6f", all / rows));
      if (MIB > 1000) {
        System.out.println(kind + ": " + outcome.output());
      }
      try (Stream<Path> files = Files.list(directory)) {
        for (Path data : files.filter(f -> !f.equals(npy)).toList()) {
          Files.delete(data);
        }
      }
    }
  }

  private static double softplus(double z) {
    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  }

  private static void writeSparse(Path npy, long rows) throws Exception {
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + DIM + "), }";
    byte[] header = new byte[128];
    Arrays.fill(header, (byte) ' ');
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    System.arraycopy(magic, 0, header, 0, magic.length);
    byte[] text = dictionary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, magic.length, text.length);
    header[127] = '\n';
    try (RandomAccessFile file = new RandomAccessFile(npy.toFile(), "rw")) {
      file.setLength(header.length + rows * DIM * 4);
      FileChannel channel = file.getChannel();
      channel.write(ByteBuffer.wrap(header), 0);
      channel.write(row(0.25f), header.length);
      channel.write(row(0.125f), header.length + (rows - 1) * DIM * 4);
    }
  }

  private static ByteBuffer row(float value) {
    ByteBuffer row = ByteBuffer.allocate(4 * DIM).order(ByteOrder.LITTLE_ENDIAN);
    while (row.hasRemaining()) {
      row.putFloat(value);
    }
    return row.flip();
  }

  /** Exports the table, opens the model and evaluates one example. */
  static final class Export {
    private Export() {}

    public static void main(String[] arguments) throws Exception {
      long rows = Long.parseLong(arguments[2]);
      RowTable table = RowTable.ofNpy(Path.of(arguments[0]));
      Path file = Path.of(arguments[0]).resolveSibling(arguments[1] + ".onnx");
      NceLossOptions options = NceLossOptions.builder().subtractLogQ(false).build();
      long start = System.nanoTime();
      NceModels.trainingLoss(
              layer(arguments[1], table), options, ModelOptions.withSampledValuesInput())
          .save(
              file,
              arguments[1].equals("one")
                  ? ExternalDataOptions.oneFile()
                  : ExternalDataOptions.filePerTensor());
      long saved = System.nanoTime();
      OnnxModel.verify(file);
      long verified = System.nanoTime();
      try (TrainingLossSession session = TrainingLossSession.open(file, SessionConfig.defaults())) {
        float[] ones = new float[DIM];
        Arrays.fill(ones, 1);
        CandidateSample sample =
            new CandidateSample(
                Tensor.of(new long[] {rows - 1, rows / 2}, 2),
                Tensor.of(new float[] {1}, 1, 1),
                Tensor.of(new float[] {1, 1}, 2));
        float loss =
            session.loss(Tensor.of(ones, 1, DIM), Tensor.of(new long[] {0}, 1, 1), sample)
                .perExample()[0];
        System.out.printf(Locale.ROOT, "loss %.4f%n", loss);
      }
      long lost = System.nanoTime();
      System.out.printf(Locale.ROOT, "mean over all classes %.6f%n", meanOverAll(file, rows));
      System.out.printf(
          Locale.ROOT,
          "saved in %.1f s, verified in %.1f s, loss in %.1f s, all classes in %.1f s%n",
          (saved - start) / 1e9,
          (verified - saved) / 1e9,
          (lost - verified) / 1e9,
          (System.nanoTime() - lost) / 1e9);
    }

    /** The full sigmoid loss for label 0 over the classes, of a model on the data that is there. */
    private static double meanOverAll(Path file, long rows) throws Exception {
      OutputLayer layer = OutputLayer.extract(OnnxModel.load(file));
      Path evaluation = file.resolveSibling("evaluation.onnx");
      NceModels.evaluation(layer, EvaluationOptions.defaults())
          .save(evaluation, ExternalDataOptions.filePerTensor());
      try (EvaluationSession session = EvaluationSession.open(evaluation)) {
        float[] ones = new float[DIM];
        Arrays.fill(ones, 1);
        Tensor label = Tensor.of(new long[] {0}, 1, 1);
        return session.loss(Tensor.of(ones, 1, DIM), label).perExample()[0] / rows;
      }
    }

    private static OutputLayer layer(String kind, RowTable table) {
      if (kind.equals("one")) {
        return OutputLayer.of(table, null);
      }
      PartitionStrategy strategy =
          kind.equals("div") ? PartitionStrategy.DIV : PartitionStrategy.MOD;
      return OutputLayer.partitioned(strategy.split(table, 3), strategy, null);
    }
  }
}
