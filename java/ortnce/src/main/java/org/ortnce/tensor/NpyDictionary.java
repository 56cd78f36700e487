package org.ortnce.tensor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the dictionary of a .npy header: a Python literal with the keys {@code descr}, {@code
 * fortran_order} and {@code shape} in any order.
 */
final class NpyDictionary {
  private final String text;
  private final String source;
  private int at;
  private String descr;
  private Boolean fortranOrder;
  private long[] shape;

  NpyDictionary(String text, String source) throws IOException {
    this.text = text;
    this.source = source;
    expect('{');
    while (peek() != '}') {
      entry();
      if (peek() != '}') {
        expect(',');
      }
    }
    expect('}');
    if (peek() != 0) {
      throw malformed("nothing after '}'");
    }
    if (descr == null || fortranOrder == null || shape == null) {
      throw new IOException(source + ": the .npy header must have descr, fortran_order and shape");
    }
  }

  String descr() {
    return descr;
  }

  boolean fortranOrder() {
    return fortranOrder;
  }

  long[] shape() {
    return shape;
  }

  private void entry() throws IOException {
    String key = string();
    expect(':');
    switch (key) {
      case "descr" -> {
        if (peek() == '[' || peek() == '(') {
          throw new IOException(source + ": is an array of records, expected one element type");
        }
        descr = once(key, descr, string());
      }
      case "fortran_order" -> fortranOrder = once(key, fortranOrder, bool());
      case "shape" -> shape = once(key, shape, tuple());
      default -> throw new IOException(source + ": the .npy header has an unknown key");
    }
  }

  private <T> T once(String key, T before, T value) throws IOException {
    if (before != null) {
      throw new IOException(source + ": the .npy header has " + key + " twice");
    }
    return value;
  }

  /** The next character that is no blank; 0 at the end. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void expect(char wanted) throws IOException {
    if (peek() != wanted) {
      throw malformed("'" + wanted + "'");
    }
    at++;
  }

  private String string() throws IOException {
    char quote = peek();
    int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
    if (end < 0) {
      throw malformed("a string");
    }
    String value = text.substring(at + 1, end);
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) > '~' || value.charAt(i) == '\\') {
        throw malformed("a string of plain ASCII characters");
      }
    }
    at = end + 1;
    return value;
  }

  private Boolean bool() throws IOException {
    peek();
    for (String word : new String[] {"True", "False"}) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw malformed("True or False");
  }

  private long[] tuple() throws IOException {
    List<Long> sizes = new ArrayList<>();
    expect('(');
    boolean comma = true;
    while (peek() != ')') {
      if (!comma) {
        throw malformed("',' or ')'");
      }
      sizes.add(size());
      comma = peek() == ',';
      at += comma ? 1 : 0;
    }
    if (sizes.size() == 1 && !comma) {
      throw malformed("a tuple such as (3,)");
    }
    expect(')');
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private long size() throws IOException {
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    String digits = text.substring(from, at);
    // Python 2 wrote long integers with an L.
    at += at < text.length() && text.charAt(at) == 'L' ? 1 : 0;
    if (digits.isEmpty() || digits.length() > 18) {
      at = from;
      throw malformed("a size of 1 to 18 digits");
    }
    return Long.parseLong(digits);
  }

  private IOException malformed(String expected) {
    return new IOException(
        source + ": the .npy header is malformed at character " + at + ", expected " + expected);
  }
}
