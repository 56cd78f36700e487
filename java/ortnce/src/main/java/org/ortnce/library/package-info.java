/**
 * Finds, verifies and registers the native library that holds the custom ops.
 *
 * <p>Search order of {@link org.ortnce.library.NativeLibrary#locate()}:
 *
 * <ol>
 *   <li>system property {@code ortnce.native.path}: the library file or the directory that holds
 *       it. If it is set, nothing else is tried.
 *   <li>class path resource {@code /org/ortnce/native/<os-arch>/<library>}, as packed in the {@code
 *       ortnce-native} jar, extracted to the directory of system property {@code
 *       ortnce.native.extract.path} or, without it, to a private temporary directory that is
 *       removed when the JVM exits.
 * </ol>
 *
 * <p>The JVM never loads the library itself: ONNX Runtime opens it by path. Of ONNX Runtime this
 * package knows only its environment and the session options that a library is registered with.
 */
package org.ortnce.library;
