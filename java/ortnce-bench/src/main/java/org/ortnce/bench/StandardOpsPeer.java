package org.ortnce.bench;

import ai.onnxruntime.OrtException;
import org.ortnce.onnx.Ops;
import org.ortnce.onnx.Value;

/**
 * The loss and its gradient in ONNX Runtime's own ops, as few and as large as they can be: one Gemm
 * makes the logits of the candidates with their offsets, and one each of its gradients.
 */
final class StandardOpsPeer implements Peer {
  @Override
  public String name() {
    return "standard-ops";
  }

  @Override
  public Call open(NceProblem problem, boolean gradient) throws OrtException {
    NceGraph graph = new NceGraph(problem.sizes());
    write(graph, problem.sizes(), gradient);
    return new ModelCall(graph.model.build(), problem, false);
  }

  private static void write(NceGraph graph, Sizes sizes, boolean gradient) {
    Value candidates = graph.sample.sampledCandidates();
    Value sampledRows = Ops.gather(graph.weights, candidates, 0);
    Value offsets =
        Ops.sub(
            Ops.gather(graph.biases, candidates, 0), Ops.log(graph.sample.sampledExpectedCount()));
    Value v = Ops.gemm(graph.inputs, sampledRows, offsets, 1, 1, false, true);

    Value trueRows = Ops.gather(graph.weights, graph.labels, 0);
    Value products = Ops.reduceSum(Ops.mul(trueRows, Ops.unsqueeze(graph.inputs, 1)), false, 2);
    Value u =
        Ops.add(
            products,
            Ops.sub(
                Ops.gather(graph.biases, graph.labels, 0),
                Ops.log(graph.sample.trueExpectedCount())));

    Value share = Ops.scalar(1f / sizes.numTrue());
    Value loss =
        Ops.add(
            Ops.reduceSum(Ops.sub(Ops.softplus(u), Ops.mul(u, share)), false, 1),
            Ops.reduceSum(Ops.softplus(v), false, 1));
    if (!gradient) {
      graph.outputs(loss, null, null, null);
      return;
    }
    Value vGrad = Ops.sigmoid(v);
    Value uGrad = Ops.unsqueeze(Ops.sub(Ops.sigmoid(u), share), 2);
    Value inputsGrad =
        Ops.gemm(vGrad, sampledRows, Ops.reduceSum(Ops.mul(uGrad, trueRows), false, 1));
    Value sampledGrad = Ops.gemm(vGrad, graph.inputs, null, 1, 0, true, false);
    Value trueGrad =
        Ops.reshape(
            Ops.mul(uGrad, Ops.unsqueeze(graph.inputs, 1)),
            (long) sizes.batch() * sizes.numTrue(),
            sizes.dim());
    graph.outputs(
        loss,
        inputsGrad,
        Ops.concat(0, Ops.reshape(graph.labels, -1), candidates),
        Ops.concat(0, trueGrad, sampledGrad));
  }
}
