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

  /** Copies the lists. */
  public ProfiledRun {
    providers = List.copyOf(providers);
    nodes = List.copyOf(nodes);
  }

  /** Runs the model once, on zeros: open dimensions are 1. */
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
    String problem = null;
    try {
      session.run(zeros(session.inputs()));
    } catch (OrtException | IllegalArgumentException e) {
      problem = "it does not run on zeros: " + Failure.describe(e);
    }
    List<Profile.NodeRun> nodes = Profile.read(session.endProfiling());
    return new ProfiledRun(active.names(), active.fallback().orElse(null), nodes, problem);
  }

  private static Map<String, Tensor> zeros(Map<String, TensorSpec> inputs) {
    Map<String, Tensor> values = new HashMap<>();
    inputs.forEach(
        (name, spec) -> {
          long[] shape = spec.shape().stream().mapToLong(ProfiledRun::size).toArray();
          long bytes =
              Math.multiplyExact(Tensor.elementCount(shape), spec.elementType().byteSize());
          ByteBuffer data = ByteBuffer.allocateDirect(Math.toIntExact(bytes));
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
