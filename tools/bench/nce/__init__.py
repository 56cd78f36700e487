"""The noise-contrastive loss of one batch in each library. Functions loss and gradient of a peer return calls by name;
what they give are [loss], float [B], or loss, gradient by inputs, class ids, and rows of the gradient by weights, where
an id may occur several times."""
