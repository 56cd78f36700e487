package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.tensor.Tensor;

/** Runs a model of {@link NceGraph} in a session of this library. */
final class ModelCall implements Peer.Call {
  static final String INPUTS_GRAD = "inputs_grad";
  static final String CLASS_IDS = "class_ids";
  static final String WEIGHTS_GRAD = "weights_grad";

  private final ModelSession session;
  private final Map<String, Tensor> feeds;

  ModelCall(OnnxModel model, NceProblem problem, boolean registerLibrary) throws OrtException {
    session =
        ModelSession.open(
            model.toByteArray(), SessionConfig.builder().registerLibrary(registerLibrary).build());
    feeds = problem.feeds();
  }

  @Override
  public NceResult run() throws OrtException {
    Map<String, Tensor> results = session.run(feeds);
    return new NceResult(
        results.get(GraphNames.LOSS),
        results.get(INPUTS_GRAD),
        results.get(CLASS_IDS),
        results.get(WEIGHTS_GRAD));
  }

  @Override
  public void close() {
    session.close();
  }
}
