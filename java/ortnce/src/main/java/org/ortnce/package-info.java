/** Noise-contrastive losses for ONNX Runtime: the entry point for code with its own sessions. */
package org.ortnce;
