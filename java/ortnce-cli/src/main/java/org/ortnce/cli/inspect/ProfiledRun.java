package org.ortnce.cli.inspect;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.cli.terminal.Failure;
import org.ortnce.session.ActiveProviders;
import org.ortnce.session.DimensionSpec;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TensorSpec;
import org.ortnce.tensor.Tensor;

/**
 * Which provider ran which node of a model, as ONNX Runtime's profile of one run says: its API does
 * not tell where a node was placed.
 *
 * @param providers the providers of the session, the preferred first; empty if none opened
 * @param fallback why CUDA is not among them although it was preferred, or null
 * @param nodes what ran; ONNX Runtime may have fused nodes, or added copies between devices
 * @param problem why nothing ran, or null
 */
public record ProfiledRun(
    List<String> providers, String fallback, List<Profile.NodeRun> nodes, String problem) {

  /** More is no example but a table of weights that are inputs. */
  private static final long MOST_BYTES = 256L << 20;

  /** Copies the lists. */
  public ProfiledRun {
    providers = List.copyOf(providers);
    nodes = List.copyOf(nodes);
  }

  /** Runs the model once, on zeros, unless its inputs are large: open dimensions are 1. */
  static ProfiledRun of(Path file, SessionConfig.Builder config) throws IOException {
    Path directory = Files.createTempDirectory("ortnce-profile");
    try {
      SessionConfig profiled = config.profile(directory.resolve("run")).build();
      try (ModelSession session = ModelSession.open(file, profiled)) {
        return run(session);
      }
    } catch (OrtException | IllegalStateException | IllegalArgumentException e) {
      return new ProfiledRun(List.of(), null, List.of(), Failure.describe(e));
    } finally {
      delete(directory);
    }
  }

  private static ProfiledRun run(ModelSession session) throws IOException, OrtException {
    ActiveProviders active = session.providers();
    String problem = runOnZeros(session);
    List<Profile.NodeRun> nodes = Profile.read(session.endProfiling());
    return new ProfiledRun(active.names(), active.fallback().orElse(null), nodes, problem);
  }

  /** Null, or why it did not run. */
  private static String runOnZeros(ModelSession session) {
    try {
      long bytes = bytes(session.inputs());
      if (bytes > MOST_BYTES) {
        return "left out: its inputs are "
            + bytes
            + " bytes of zeros, expected at most "
            + MOST_BYTES
            + "; are there weights among them?";
      }
      session.run(zeros(session.inputs()));
      return null;
    } catch (OrtException | IllegalArgumentException e) {
      return "it does not run on zeros: " + Failure.describe(e);
    }
  }

  private static long bytes(Map<String, TensorSpec> inputs) {
    long sum = 0;
    for (TensorSpec input : inputs.values()) {
      sum += Tensor.byteCount(input.elementType(), shape(input));
      if (sum < 0) { // overflowed
        return Long.MAX_VALUE;
      }
    }
    return sum;
  }

  private static long[] shape(TensorSpec input) {
    return input.shape().stream().mapToLong(ProfiledRun::size).toArray();
  }

  private static Map<String, Tensor> zeros(Map<String, TensorSpec> inputs) {
    Map<String, Tensor> values = new HashMap<>();
    inputs.forEach(
        (name, spec) -> {
          long[] shape = shape(spec);
          // No more than MOST_BYTES.
          int bytes = (int) Tensor.byteCount(spec.elementType(), shape);
          ByteBuffer data = ByteBuffer.allocateDirect(bytes);
          values.put(
              name, Tensor.of(data.order(ByteOrder.nativeOrder()), spec.elementType(), shape));
        });
    return values;
  }

  private static long size(DimensionSpec dimension) {
    return dimension.isFixed() ? dimension.size() : 1;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
