package org.ortnce.cli.corpus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The calls of one class file: for each method body the methods it calls, in order.
 *
 * <p>A method is named {@code java/util/List.add}: overloads share a name. A lambda's body counts
 * as part of the method that makes the lambda, a method reference as a call of what it refers to,
 * any other invokedynamic (string concatenation, the methods of a record) as a call of its
 * bootstrap method. Methods of arrays are those of {@code java/lang/Object}. Bridge methods, which
 * the compiler writes, are left out.
 */
final class MethodCalls extends ClassVisitor {
  private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";

  /** Bodies by name and descriptor, also those of lambdas. */
  private final Map<String, Body> bodies = new LinkedHashMap<>();

  private final Set<String> lambdaBodies = new HashSet<>();
  private String className = "";

  /** A called method; {@code lambdaBody} is the key of a lambda's body in the same class, or "". */
  private record Call(String name, String lambdaBody) {}

  private record Body(String method, List<Call> calls) {}

  /**
   * A method and what it calls.
   *
   * @param method the name of the method
   * @param calls the names of the methods called, in the order of the code; never empty
   */
  record Sentence(String method, List<String> calls) {}

  /** ASM makes room for as many bytes as an attribute says that it has. */
  private static final class Reader extends ClassReader {
    private final int size;

    Reader(byte[] classFile) {
      super(classFile);
      size = classFile.length;
    }

    @Override
    public byte[] readBytes(int offset, int length) {
      Objects.checkFromIndexSize(offset, length, size);
      return super.readBytes(offset, length);
    }
  }

  private MethodCalls() {
    super(Opcodes.ASM9);
  }

  /**
   * The method bodies of a class file that call anything.
   *
   * @throws IllegalArgumentException if the bytes are no class file, or one of a newer Java than
   *     ASM knows
   */
  static List<Sentence> read(byte[] classFile) {
    MethodCalls calls = new MethodCalls();
    try {
      new Reader(classFile).accept(calls, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    } catch (RuntimeException e) {
      // ASM trusts its input: what is no class file breaks it anywhere, or has names that are null.
      throw new IllegalArgumentException("no class file: " + e.getMessage(), e);
    }
    return calls.sentences();
  }

  @Override
  public void visit(
      int version, int access, String name, String signature, String superName, String[] ifs) {
    className = Objects.requireNonNull(name);
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    if ((access & Opcodes.ACC_BRIDGE) != 0) {
      return null;
    }
    List<Call> body = new ArrayList<>();
    bodies.put(name + descriptor, new Body(Objects.requireNonNull(name), body));
    return new MethodVisitor(Opcodes.ASM9) {
      @Override
      public void visitMethodInsn(
          int opcode, String owner, String callee, String type, boolean isInterface) {
        body.add(new Call(nameOf(owner, callee), ""));
      }

      @Override
      public void visitInvokeDynamicInsn(
          String callee, String type, Handle bootstrap, Object... arguments) {
        body.add(dynamicCall(bootstrap, arguments));
      }
    };
  }

  private Call dynamicCall(Handle bootstrap, Object[] arguments) {
    boolean makesLambda = bootstrap.getOwner().equals(LAMBDAS) && arguments.length >= 3;
    if (makesLambda && arguments[1] instanceof Handle target) {
      boolean own = target.getOwner().equals(className);
      if (own && target.getName().startsWith("lambda$")) {
        String key = target.getName() + target.getDesc();
        lambdaBodies.add(key);
        return new Call("", key);
      }
      return new Call(nameOf(target.getOwner(), target.getName()), "");
    }
    return new Call(nameOf(bootstrap.getOwner(), bootstrap.getName()), "");
  }

  private static String nameOf(String owner, String method) {
    return (owner.startsWith("[") ? "java/lang/Object" : owner)
        + "."
        + Objects.requireNonNull(method);
  }

  private List<Sentence> sentences() {
    List<Sentence> sentences = new ArrayList<>();
    Set<String> spent = new HashSet<>();
    bodies.forEach(
        (key, body) -> {
          if (!lambdaBodies.contains(key)) {
            List<String> calls = new ArrayList<>();
            collect(body.calls(), spent, calls);
            if (!calls.isEmpty()) {
              sentences.add(new Sentence(nameOf(className, body.method()), calls));
            }
          }
        });
    return sentences;
  }

  /**
   * The calls of a body, lambdas in their place. A lambda's body counts once, although the compiler
   * may copy the code that makes it and a lambda may make itself again: {@code spent} has those
   * that have counted.
   */
  private void collect(List<Call> body, Set<String> spent, List<String> calls) {
    Deque<Iterator<Call>> open = new ArrayDeque<>();
    open.push(body.iterator());
    while (!open.isEmpty()) {
      if (!open.peek().hasNext()) {
        open.pop();
        continue;
      }
      Call call = open.peek().next();
      if (call.lambdaBody().isEmpty()) {
        calls.add(call.name());
      } else if (spent.add(call.lambdaBody())) {
        Body lambda = bodies.get(call.lambdaBody());
        if (lambda != null) {
          open.push(lambda.calls().iterator());
        }
      }
    }
  }
}
