/** What a training learns from, and what of it is held out. Knows nothing of models. */
package org.ortnce.cli.train.data;
