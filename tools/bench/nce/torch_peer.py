"""PyTorch: one matrix product for the logits of the candidates; the gradient by autograd with sparse embeddings, and by
hand; both as they are and through torch.compile."""

import torch
from torch.nn.functional import embedding, softplus


def _tensors(case):
    return [torch.from_numpy(array) for array in case.feeds.values()]


def _logits(inputs, labels, biases, candidates, true_count, sampled_count, true_rows, sampled_rows):
    """[B, T] of the labels and [B, S] of the candidates."""
    true = (true_rows * inputs.unsqueeze(1)).sum(2) + biases[labels] - true_count.log()
    return true, torch.addmm(biases[candidates] - sampled_count.log(), inputs, sampled_rows.t())


def _total(true, sampled):
    return (softplus(true) - true / true.shape[1]).sum(1) + softplus(sampled).sum(1)


def _loss(inputs, labels, biases, candidates, true_count, sampled_count, weights):
    rows = weights[labels], weights[candidates]
    return (_total(*_logits(inputs, labels, biases, candidates, true_count, sampled_count, *rows)),)


def _by_hand(inputs, labels, biases, candidates, true_count, sampled_count, weights):
    true_rows, sampled_rows = weights[labels], weights[candidates]
    true, sampled = _logits(inputs, labels, biases, candidates, true_count, sampled_count, true_rows, sampled_rows)
    true_slopes, sampled_slopes = (true.sigmoid() - 1 / true.shape[1]).unsqueeze(2), sampled.sigmoid()
    inputs_grad = torch.addmm((true_slopes * true_rows).sum(1), sampled_slopes, sampled_rows)
    true_grad = (true_slopes * inputs.unsqueeze(1)).flatten(0, 1)
    rows = torch.cat([true_grad, sampled_slopes.t() @ inputs])
    return _total(true, sampled), inputs_grad, torch.cat([labels.flatten(), candidates]), rows


def _variants(function, case):
    tensors = _tensors(case)

    def variant(run):
        def call():
            with torch.inference_mode():
                return tuple(result.numpy() for result in run(*tensors))

        return call

    return variant(function), variant(torch.compile(function, dynamic=False))


def loss(case):
    eager, compiled = _variants(_loss, case)
    return {"torch eager": eager, "torch compile": compiled}


def gradient(case):
    inputs, labels, biases, candidates, true_count, sampled_count, weights = _tensors(case)
    x, b, w = (tensor.requires_grad_() for tensor in (inputs, biases, weights))

    def autograd():
        true, sampled = _logits(x, labels, b, candidates, true_count, sampled_count, embedding(labels, w, sparse=True),
                                embedding(candidates, w, sparse=True))
        value = _total(true, sampled)
        inputs_grad, _, weights_grad = torch.autograd.grad(value.sum(), (x, b, w))
        return (value.detach().numpy(), inputs_grad.numpy(), weights_grad._indices()[0].numpy(),
                weights_grad._values().numpy())

    by_hand, compiled = _variants(_by_hand, case)
    return {"torch autograd": autograd, "torch by hand": by_hand, "torch by hand, compile": compiled}
