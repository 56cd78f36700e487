/** Which rows of an embedding table are like which. Knows nothing of models. */
package org.ortnce.cli.neighbours;
