/** Makes models of weights and biases in .npy and .npz files. */
package org.ortnce.cli.export;
