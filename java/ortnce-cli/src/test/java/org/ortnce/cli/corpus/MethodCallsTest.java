package org.ortnce.cli.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Attribute;
import org.objectweb.asm.ByteVector;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** What counts as a call: plain code, lambdas, method references, arrays, bridges. */
class MethodCallsTest {
  private static final String FIXTURE = "org/ortnce/cli/corpus/MethodCallsTest$Fixture";

  /** Compiled by the same javac as everything else; read back as a class file. */
  static final class Fixture implements Callable<String> {
    // The overrides javac needs a bridge for: call() of type Object.
    @Override
    public String call() {
      return "a".trim().strip();
    }

    static int[] arrays(int[] values) {
      return values.clone();
    }

    static Supplier<Supplier<String>> nested(String text) {
      return () -> {
        String once = text.repeat(2);
        return () -> once.concat(text);
      };
    }

    static Supplier<Integer> reference(String text) {
      return text::length;
    }

    static int overloads(StringBuilder builder) {
      return builder.append(1).append("x").length();
    }

    static int nothing(int a) {
      return a + 1;
    }
  }

  record Point(int x, int y) {}

  private static List<MethodCalls.Sentence> read(Class<?> type) throws IOException {
    String resource = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getResourceAsStream(resource)) {
      return MethodCalls.read(in.readAllBytes());
    }
  }

  private static List<String> calls(List<MethodCalls.Sentence> sentences, String method) {
    return sentences.stream()
        .filter(sentence -> sentence.method().equals(method))
        .map(MethodCalls.Sentence::calls)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void callsAreReadInTheOrderOfTheCode() throws IOException {
    List<MethodCalls.Sentence> sentences = read(Fixture.class);
    assertThat(calls(sentences, FIXTURE + ".call"))
        .containsExactly("java/lang/String.trim", "java/lang/String.strip");
    assertThat(calls(sentences, FIXTURE + ".overloads"))
        .containsExactly(
            "java/lang/StringBuilder.append",
            "java/lang/StringBuilder.append",
            "java/lang/StringBuilder.length");
  }

  @Test
  void arrayMethodsAreThoseOfObject() throws IOException {
    assertThat(calls(read(Fixture.class), FIXTURE + ".arrays"))
        .containsExactly("java/lang/Object.clone");
  }

  @Test
  void lambdaBodiesBelongToTheMethodThatMakesThem() throws IOException {
    List<MethodCalls.Sentence> sentences = read(Fixture.class);
    assertThat(calls(sentences, FIXTURE + ".nested"))
        .containsExactly("java/lang/String.repeat", "java/lang/String.concat");
    assertThat(sentences).noneMatch(sentence -> sentence.method().contains("lambda$"));
  }

  @Test
  void methodReferencesAreCallsOfWhatTheyReferTo() throws IOException {
    assertThat(calls(read(Fixture.class), FIXTURE + ".reference"))
        .contains("java/lang/String.length");
  }

  @Test
  void otherInvokedynamicIsACallOfItsBootstrap() throws IOException {
    assertThat(calls(read(Point.class), Point.class.getName().replace('.', '/') + ".hashCode"))
        .containsExactly("java/lang/runtime/ObjectMethods.bootstrap");
  }

  @Test
  void bridgesAndBodiesThatCallNothingAreNoSentences() throws IOException {
    List<MethodCalls.Sentence> sentences = read(Fixture.class);
    assertThat(sentences).filteredOn(s -> s.method().equals(FIXTURE + ".call")).hasSize(1);
    assertThat(sentences).noneMatch(s -> s.method().equals(FIXTURE + ".nothing"));
  }

  @Test
  void abstractMethodsAndInterfacesHaveNoSentences() {
    ClassWriter writer = new ClassWriter(0);
    int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT;
    writer.visit(
        Opcodes.V17, access | Opcodes.ACC_INTERFACE, "a/B", null, "java/lang/Object", null);
    MethodVisitor method = writer.visitMethod(access, "m", "()V", null, null);
    method.visitEnd();
    writer.visitEnd();
    assertThat(MethodCalls.read(writer.toByteArray())).isEmpty();
  }

  @Test
  void otherBytesAreRefused() {
    byte[] newer = {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0x7F, 0, 0, 1};
    for (byte[] bytes : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[64], newer)) {
      assertThatThrownBy(() -> MethodCalls.read(bytes))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anAttributeLongerThanTheFileIsRefused() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, 0, "a/B", null, "java/lang/Object", null);
    writer.visitAttribute(new Padding());
    writer.visitEnd();
    byte[] bytes = writer.toByteArray();
    int length = bytes.length - Padding.SIZE - Integer.BYTES;
    assertThat(MethodCalls.read(bytes)).isEmpty();
    ByteBuffer.wrap(bytes).putInt(length, Integer.MAX_VALUE);
    assertThatThrownBy(() -> MethodCalls.read(bytes)).isInstanceOf(IllegalArgumentException.class);
  }

  /** An attribute that no reader knows, the last in its file. */
  private static final class Padding extends Attribute {
    static final int SIZE = 8;

    Padding() {
      super("Padding");
    }

    @Override
    protected ByteVector write(
        ClassWriter writer, byte[] code, int codeLength, int maxStack, int maxLocals) {
      return new ByteVector().putByteArray(null, 0, SIZE);
    }
  }

  @Test
  void aMethodWithTheDescriptorOfAFieldHasItsName() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, 0, "a/B", null, "java/lang/Object", null);
    MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "m", "I", null, null);
    method.visitCode();
    method.visitMethodInsn(Opcodes.INVOKESTATIC, "c/D", "n", "()V", false);
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
    writer.visitEnd();
    assertThat(MethodCalls.read(writer.toByteArray()))
        .containsExactly(new MethodCalls.Sentence("a/B.m", List.of("c/D.n")));
  }

  @Test
  void aClassWithoutANameIsRefused() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, 0, "a/B", null, null, null);
    writer.visitEnd();
    byte[] bytes = writer.toByteArray();
    int name = bytes.length - 6 * Short.BYTES;
    assertThat(MethodCalls.read(bytes)).isEmpty();
    ByteBuffer.wrap(bytes).putShort(name, (short) 0);
    assertThatThrownBy(() -> MethodCalls.read(bytes)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lambdasInLambdasNeedNoStack() throws Exception {
    int depth = 9_000;
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, 0, "a/B", null, "java/lang/Object", null);
    for (int i = 0; i <= depth; i++) {
      MethodVisitor method =
          writer.visitMethod(Opcodes.ACC_STATIC, i == 0 ? "m" : lambda(i), "()V", null, null);
      method.visitCode();
      if (i < depth) {
        method.visitInvokeDynamicInsn("run", "()V", METAFACTORY, TYPE, body(i + 1), TYPE);
      } else {
        method.visitMethodInsn(Opcodes.INVOKESTATIC, "c/D", "n", "()V", false);
      }
      method.visitInsn(Opcodes.RETURN);
      method.visitMaxs(0, 0);
      method.visitEnd();
    }
    writer.visitEnd();
    byte[] bytes = writer.toByteArray();
    FutureTask<List<MethodCalls.Sentence>> read = new FutureTask<>(() -> MethodCalls.read(bytes));
    Thread thread = new Thread(null, read, "small stack", 256 << 10);
    thread.start();
    assertThat(read.get()).containsExactly(new MethodCalls.Sentence("a/B.m", List.of("c/D.n")));
    thread.join();
  }

  private static final Type TYPE = Type.getMethodType("()V");
  private static final Handle METAFACTORY =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          "java/lang/invoke/LambdaMetafactory",
          "metafactory",
          "()Ljava/lang/invoke/CallSite;",
          false);

  private static String lambda(int number) {
    return "lambda$" + number;
  }

  private static Handle body(int number) {
    return new Handle(Opcodes.H_INVOKESTATIC, "a/B", lambda(number), "()V", false);
  }
}
