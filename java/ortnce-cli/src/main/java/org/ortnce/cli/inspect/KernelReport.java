package org.ortnce.cli.inspect;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ortnce.OrtNce;
import org.ortnce.cli.terminal.Failure;
import org.ortnce.library.NativeLibrary;
import org.ortnce.onnx.FunctionInfo;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;

/**
 * What will run a model here.
 *
 * @param platform this platform under ONNX Runtime's name
 * @param onnxRuntime the version of ONNX Runtime
 * @param library the native library, or null if there is none
 * @param libraryProblem why there is none, or null
 * @param withLibrary how opening the model with the library went
 * @param withoutLibrary how opening it on stock ONNX Runtime went
 * @param nodes each node of our domain and what runs it
 */
public record KernelReport(
    String platform,
    String onnxRuntime,
    String library,
    String libraryProblem,
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
  public static KernelReport of(Path file, OnnxModel model) throws IOException {
    String library = null;
    String problem = null;
    try {
      library = OrtNce.libraryPath().toString();
    } catch (IllegalStateException e) {
      problem = Failure.describe(e);
    }
    Attempt with = library == null ? new Attempt(false, problem) : open(file, true);
    Attempt without = open(file, false);
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
        OrtEnvironment.getEnvironment().getVersion(),
        library,
        problem,
        with,
        without,
        nodes);
  }

  private static boolean hasFunction(OnnxModel model, String op) {
    for (FunctionInfo function : model.functions()) {
      if (function.domain().equals(DOMAIN) && function.name().equals(op)) {
        return true;
      }
    }
    return false;
  }

  private static Attempt open(Path file, boolean register) throws IOException {
    SessionConfig config = SessionConfig.builder().registerLibrary(register).build();
    try (ModelSession session = ModelSession.open(file, config)) {
      return new Attempt(!session.outputs().isEmpty(), null);
    } catch (OrtException | IllegalStateException | IllegalArgumentException e) {
      return new Attempt(false, Failure.describe(e));
    }
  }
}
