package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** Misuse that the table of bad inputs lacked at first: buffers, many sessions, class loaders. */
@BadInputs
class SessionMisuseTest {
  /** Never unloaded: that would take the native code of ONNX Runtime away with them. */
  private static final List<ClassLoader> LOADERS = new ArrayList<>();

  @Test
  void j36DirectBuffersAtAddressesThatNoElementMayHave() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
    for (ElementType type : List.of(ElementType.FLOAT, ElementType.INT64, ElementType.FLOAT16)) {
      ByteBuffer odd = bytes.duplicate().order(bytes.order()).position(1);
      odd.limit(1 + 2 * type.byteSize());
      assertThatThrownBy(() -> Tensor.of(odd, type, 1, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the direct buffer begins 1 bytes after an address that ")
          .hasMessageContaining(type.onnxName() + " elements may have, expected a multiple of ");
    }
    ByteBuffer second = bytes.duplicate().order(bytes.order()).putFloat(4, 5).position(4).limit(12);
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      Tensor x = Tensor.of(second, ElementType.FLOAT, 1, 2);
      assertThat(session.run(Map.of("x", x, "y", x)).get("z").toFloatArray())
          .containsExactly(10, 0);
    }
  }

  @Test
  void j37TheFirstOfSeveralRowsIsNull() {
    assertThatThrownBy(() -> Tensor.of(new long[][] {null, {1}})).hasMessage("row 0 is null");
    assertThatThrownBy(() -> Tensor.of(new float[][] {null, {1}})).hasMessage("row 0 is null");
    assertThatThrownBy(() -> Tensor.of((float[][]) null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void j38ReadOnlyBuffersAreReadAndNeverWritten() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    bytes.putFloat(0, 3);
    Tensor readOnly =
        Tensor.of(bytes.asReadOnlyBuffer().order(bytes.order()), ElementType.FLOAT, 1, 2);
    try (ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK)) {
      Map<String, Tensor> inputs = Map.of("x", readOnly, "y", readOnly);
      assertThat(session.run(inputs).get("z").toFloatArray()).containsExactly(6, 0);
      assertThatThrownBy(() -> session.run(inputs, Set.of(), Map.of("z", readOnly)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the memory for output 'z' must be direct and writable, got a read-only buffer");
    }
  }

  @Test
  void j39ManyThreadsCloseOneSession() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 50; round++) {
        ModelSession session = ModelSession.open(TestModel.add(), TestModel.STOCK);
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<?>> closers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          closers.add(
              pool.submit(
                  () -> {
                    together.await();
                    session.close();
                    return null;
                  }));
        }
        for (Future<?> closer : closers) {
          closer.get();
        }
        assertThatThrownBy(session::inputs).hasMessage("the session is closed");
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void j40HundredsOfSessionsAtOnce() throws Exception {
    List<ModelSession> open = new ArrayList<>();
    SessionConfig config = SessionConfig.builder().intraOpThreads(1).build();
    try {
      for (int i = 0; i < 300; i++) {
        open.add(ModelSession.open(TestModel.add(), config));
      }
      for (int i = 0; i < open.size(); i++) {
        assertThat(open.get(i).run(ModelSessionTest.add(i, 1, 1, 1)).get("z").toFloatArray())
            .containsExactly(i + 1, 2);
      }
    } finally {
      open.forEach(ModelSession::close);
    }
  }

  /** Two copies of all classes, ONNX Runtime's too, each with sessions and our native library. */
  @Test
  void j41TwoClassLoadersRunModels() throws Exception {
    List<URL> urls = new ArrayList<>();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : path.split(File.pathSeparator, -1)) {
      urls.add(new File(entry).toURI().toURL());
    }
    for (int copy = 0; copy < 2; copy++) {
      URLClassLoader loader =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      LOADERS.add(loader);
      Class<?> call = loader.loadClass(OneRun.class.getName());
      assertThat(call).isNotSameAs(OneRun.class);
      assertThat(call.getMethod("sum").invoke(null)).isEqualTo(10f);
    }
  }

  /** What the copies do. */
  public static final class OneRun {
    private OneRun() {}

    /** The sum of the result of a run. */
    public static float sum() throws Exception {
      try (ModelSession session = ModelSession.open(TestModel.add(), SessionConfig.defaults())) {
        float[] z = session.run(ModelSessionTest.add(1, 2, 3, 4)).get("z").toFloatArray();
        return z[0] + z[1];
      }
    }
  }
}
