package org.ortnce.cli.corpus;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Makes jars whose methods call what a test says. */
final class SyntheticJar {
  private SyntheticJar() {}

  /** A class whose methods call the static methods listed, each "owner.name". */
  static byte[] classFile(String name, Map<String, List<String>> methods) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
    methods.forEach(
        (method, calls) -> {
          MethodVisitor code =
              writer.visitMethod(
                  Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, method, "()V", null, null);
          code.visitCode();
          for (String call : calls) {
            int dot = call.lastIndexOf('.');
            String owner = call.substring(0, dot);
            String callee = call.substring(dot + 1);
            code.visitMethodInsn(Opcodes.INVOKESTATIC, owner, callee, "()V", false);
          }
          code.visitInsn(Opcodes.RETURN);
          code.visitMaxs(0, 0);
          code.visitEnd();
        });
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** Writes a jar of the entries, in the order of the map. */
  static void write(Path jar, Map<String, byte[]> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new JarEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }
}
