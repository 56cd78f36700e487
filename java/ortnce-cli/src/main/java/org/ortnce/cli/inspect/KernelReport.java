package org.ortnce.cli.inspect;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.ortnce.LibraryInfo;
import org.ortnce.OrtNce;
import org.ortnce.cli.terminal.Failure;
import org.ortnce.library.NativeLibrary;
import org.ortnce.library.RuntimeEnvironment;
import org.ortnce.onnx.FunctionInfo;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;

/**
 * What will run a model here.
 *
 * @param platform this platform under ONNX Runtime's name
 * @param ortnce the version of this program and its library
 * @param onnxRuntime the version of ONNX Runtime
 * @param library the native library, or null if there is none
 * @param libraryProblem why there is none, or null
 * @param libraryInfo what the library says of itself, or null if it cannot be asked
 * @param withLibrary how opening the model with the library went
 * @param withoutLibrary how opening it on stock ONNX Runtime went
 * @param nodes each node of our domain and what runs it
 */
public record KernelReport(
    String platform,
    String ortnce,
    String onnxRuntime,
    String library,
    String libraryProblem,
    LibraryInfo libraryInfo,
    Attempt withLibrary,
    Attempt withoutLibrary,
    List<OurNode> nodes) {

  /** The domain of our ops. */
  public static final String DOMAIN = "org.ortnce";

  /** Copies the nodes. */
  public KernelReport {
    nodes = List.copyOf(nodes);
  }

  /**
   * An attempt to open a session.
   *
   * @param opened whether it opened
   * @param problem why not, or null
   */
  public record Attempt(boolean opened, String problem) {}

  /**
   * A node of our domain.
   *
   * @param name its name
   * @param op its operator
   * @param hasFunction whether the model carries a function for it, for stock ONNX Runtime
   * @param runsOn {@code native library}, {@code model-local function} or {@code nothing}
   */
  public record OurNode(String name, String op, boolean hasFunction, String runsOn) {}

  /** Opens the model both ways and reports. */
  static KernelReport of(Path file, OnnxModel model, Supplier<SessionConfig.Builder> config)
      throws IOException {
    String library = null;
    String problem = null;
    try {
      library = OrtNce.libraryPath().toString();
    } catch (IllegalStateException e) {
      problem = Failure.describe(e);
    }
    Attempt with =
        library == null
            ? new Attempt(false, problem)
            : open(file, config.get().registerLibrary(true));
    Attempt without = open(file, config.get().registerLibrary(false));
    List<OurNode> nodes = new ArrayList<>();
    for (NodeInfo node : model.nodes()) {
      if (node.domain().equals(DOMAIN)) {
        boolean function = hasFunction(model, node.opType());
        String runsOn =
            with.opened()
                ? "native library"
                : without.opened() && function ? "model-local function" : "nothing";
        nodes.add(new OurNode(node.name(), node.opType(), function, runsOn));
      }
    }
    return new KernelReport(
        NativeLibrary.osArch(),
        OrtNce.version(),
        RuntimeEnvironment.get().getVersion(),
        library,
        problem,
        library == null ? null : ask(),
        with,
        without,
        nodes);
  }

  /** Null if ONNX Runtime refuses the library; the attempt to open a session says why. */
  private static LibraryInfo ask() {
    try {
      return OrtNce.libraryInfo();
    } catch (OrtException e) {
      return null;
    }
  }

  private static boolean hasFunction(OnnxModel model, String op) {
    for (FunctionInfo function : model.functions()) {
      if (function.domain().equals(DOMAIN) && function.name().equals(op)) {
        return true;
      }
    }
    return false;
  }

  private static Attempt open(Path file, SessionConfig.Builder config) throws IOException {
    try (ModelSession session = ModelSession.open(file, config.build())) {
      return new Attempt(!session.outputs().isEmpty(), null);
    } catch (OrtException | IllegalStateException | IllegalArgumentException e) {
      return new Attempt(false, Failure.describe(e));
    }
  }
}
