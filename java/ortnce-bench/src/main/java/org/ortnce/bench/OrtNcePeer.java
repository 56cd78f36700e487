package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import java.util.List;
import org.ortnce.nce.NceLossGrad;
import org.ortnce.nce.NceLossOptions;
import org.ortnce.nce.NceOps;
import org.ortnce.onnx.Ops;

/** {@code NceLoss}, or {@code NceLossGrad}, whose node returns the loss too. */
final class OrtNcePeer implements Peer {
  @Override
  public String name() {
    return "ort-nce";
  }

  @Override
  public Call open(NceProblem problem, boolean gradient) throws OrtException {
    NceGraph graph = new NceGraph(problem.sizes());
    NceLossOptions options = NceLossOptions.builder().numTrue(problem.sizes().numTrue()).build();
    if (gradient) {
      NceLossGrad found =
          NceOps.nceLossGrad(
              Ops.expand(Ops.scalar(1f), problem.sizes().batch()),
              List.of(graph.weights),
              graph.biases,
              graph.labels,
              graph.inputs,
              options,
              graph.sample);
      graph.outputs(found.loss(), found.inputs(), found.classIds(), found.weights());
    } else {
      graph.outputs(
          NceOps.nceLoss(
                  List.of(graph.weights),
                  graph.biases,
                  graph.labels,
                  graph.inputs,
                  options,
                  graph.sample,
                  null)
              .loss(),
          null,
          null,
          null);
    }
    return new ModelCall(graph.model.build(), problem, true);
  }
}
