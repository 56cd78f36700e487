package org.ortnce.library;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Makes a complete x86-64 shared library of a few hundred bytes, so that the tests can have ONNX
 * Runtime open one without a compiler. Its {@code RegisterCustomOps} counts its calls: the first
 * succeeds, later ones return the status "registered again".
 */
final class TinyElf {
  static final String REFUSAL = "registered again";

  private static final int HEADERS = 64 + 3 * 56;

  private TinyElf() {}

  /** A library whose entry point has the given name. */
  static byte[] library(String symbol) {
    byte[] strings = ("\0" + symbol + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] message = (REFUSAL + "\0").getBytes(StandardCharsets.US_ASCII);
    int dynamic = HEADERS;
    int hash = dynamic + 6 * 16;
    int symbols = hash + 6 * 4 + 4;
    int code = symbols + 2 * 24;
    int counter = code + 64;
    int text = counter + 8;
    int names = text + message.length;
    int size = names + strings.length;
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) 3).putShort((short) ElfHeader.MACHINE_X86_64).putInt(1);
    out.putLong(0).putLong(64).putLong(0).putInt(0);
    out.putShort((short) 64).putShort((short) 56).putShort((short) 3);
    out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    segment(out, 1, 7, 0, size, 0x1000);
    segment(out, 2, 6, dynamic, hash - dynamic, 8);
    // Without this one the loader would want an executable stack.
    segment(out, 0x6474e551, 6, 0, 0, 16);
    long[] entries = {4, hash, 5, names, 6, symbols, 10, strings.length, 11, 24, 0, 0};
    for (long entry : entries) {
      out.putLong(entry);
    }
    for (int word : new int[] {1, 2, 1, 0, 0, 0}) {
      out.putInt(word);
    }
    out.position(symbols + 24);
    out.putInt(1).put((byte) 0x12).put((byte) 0).putShort((short) 1).putLong(code).putLong(64);
    out.position(code);
    out.put(code(code, counter, text));
    out.position(text);
    out.put(message).put(strings);
    return out.array();
  }

  private static void segment(
      ByteBuffer out, int type, int flags, long offset, long size, long alignment) {
    out.putInt(type).putInt(flags).putLong(offset).putLong(offset).putLong(offset);
    out.putLong(size).putLong(size).putLong(alignment);
  }

  private static byte[] code(int start, int counter, int message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    hex(out, "ff05"); // inc dword [counter]
    relative(out, start, counter, 0);
    hex(out, "833d"); // cmp dword [counter], 1
    relative(out, start, counter, 1);
    hex(out, "01");
    hex(out, "7503"); // jne past the next two
    hex(out, "31c0c3"); // xor eax, eax; ret
    hex(out, "4883ec08"); // sub rsp, 8
    hex(out, "bf01000000ff16"); // mov edi, 1; call [rsi]: OrtApiBase::GetApi(1)
    hex(out, "bf01000000488d35"); // mov edi, ORT_FAIL; lea rsi, [message]
    relative(out, start, message, 0);
    hex(out, "ff10"); // call [rax]: OrtApi::CreateStatus
    hex(out, "4883c408c3"); // add rsp, 8; ret
    return out.toByteArray();
  }

  private static void hex(ByteArrayOutputStream out, String bytes) {
    out.writeBytes(HexFormat.of().parseHex(bytes));
  }

  /** A 32-bit distance to {@code target} from the end of the instruction. */
  private static void relative(ByteArrayOutputStream out, int start, int target, int trailing) {
    int distance = target - (start + out.size() + 4 + trailing);
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(distance).array());
  }
}
