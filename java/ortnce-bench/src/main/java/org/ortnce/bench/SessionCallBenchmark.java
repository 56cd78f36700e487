package org.ortnce.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.ortnce.OrtNce;
import org.ortnce.session.EvaluationSession;
import org.ortnce.session.InferenceSession;
import org.ortnce.session.ModelSession;
import org.ortnce.session.SessionConfig;
import org.ortnce.session.TrainingLossSession;
import org.ortnce.tensor.Tensor;

/**
 * What a call of one example costs: through our sessions, and at the least that ONNX Runtime's Java
 * API allows, which makes no tensors, checks nothing and copies nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SessionCallBenchmark {
  /** The model: {@link SmallCall}. */
  @Param({"negation", "loss", "evaluation", "top-k"})
  public String model;

  private SmallCall call;
  private AutoCloseable session;
  private TypedCall typed;

  private OrtSession.SessionOptions options;
  private OrtSession runtimeSession;
  private final Map<String, OnnxTensor> runtimeInputs = new HashMap<>();
  private OrtSession.Result firstResult;
  private final Map<String, OnnxValue> runtimeOutputs = new HashMap<>();

  /** A call of a typed session. */
  private interface TypedCall {
    Object run() throws OrtException;
  }

  /** Opens the model both ways. */
  @Setup
  public void open() throws OrtException {
    SessionConfig config = SessionConfig.builder().intraOpThreads(1).build();
    switch (model) {
      case "negation" -> {
        call = SmallCall.negation();
        ModelSession opened = ModelSession.open(call.model().toByteArray(), config);
        session = opened;
        typed = () -> opened.run(call.feeds());
      }
      case "loss" -> {
        call = SmallCall.loss();
        TrainingLossSession opened = TrainingLossSession.open(call.model().toByteArray(), config);
        session = opened;
        typed = () -> opened.loss(input("inputs"), input("labels"));
      }
      case "evaluation" -> {
        call = SmallCall.evaluation();
        EvaluationSession opened = EvaluationSession.open(call.model().toByteArray(), config);
        session = opened;
        typed = () -> opened.evaluate(input("inputs"), input("labels"));
      }
      case "top-k" -> {
        call = SmallCall.topK();
        InferenceSession opened = InferenceSession.open(call.model().toByteArray(), config);
        session = opened;
        typed = () -> opened.topK(input("inputs"));
      }
      default -> throw new IllegalArgumentException("unknown model '" + model + "'");
    }
    openRuntime();
  }

  private Tensor input(String name) {
    return call.feeds().get(name);
  }

  private void openRuntime() throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    OrtNce.register(options);
    runtimeSession = environment.createSession(call.model().toByteArray(), options);
    for (Map.Entry<String, Tensor> feed : call.feeds().entrySet()) {
      Tensor tensor = feed.getValue();
      OnnxTensor value =
          switch (tensor.elementType()) {
            case FLOAT -> OnnxTensor.createTensor(environment, tensor.floats(), tensor.shape());
            case INT64 -> OnnxTensor.createTensor(environment, tensor.longs(), tensor.shape());
            default -> throw new IllegalStateException("unexpected " + tensor);
          };
      runtimeInputs.put(feed.getKey(), value);
    }
    firstResult = runtimeSession.run(runtimeInputs);
    for (Map.Entry<String, OnnxValue> output : firstResult) {
      runtimeOutputs.put(output.getKey(), output.getValue());
    }
  }

  /** Through a session of this library: values checked and wrapped, results copied. */
  @Benchmark
  public Object session() throws OrtException {
    return typed.run();
  }

  /** ONNX Runtime's own session, inputs and outputs made before. */
  @Benchmark
  public void runtime() throws OrtException {
    runtimeSession.run(runtimeInputs, runtimeOutputs).close();
  }

  /** Closes both. */
  @TearDown
  public void close() throws Exception {
    session.close();
    firstResult.close();
    runtimeInputs.values().forEach(OnnxTensor::close);
    runtimeSession.close();
    options.close();
  }
}
