"""Trains an encoder: a question shall be nearer to its own entry than to the others of a batch.

Nearness is what the product adds up: the cosine of the whole texts, and late interaction, the mean over the question's
tokens of the cosine with the closest token of the entry. The loss is InfoNCE over both, either way round. In the end
every weight is the mean of the one before and the trained one, so that nothing is forgotten: Wortsman et al., "Robust
Fine-Tuning of Zero-Shot Models", CVPR 2022.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from index.adaptation.batches import Pair
from index.errors import ModelError
from index.models.model_files import ModelFiles
from index.models.sentence_transformer import open_model, prefix_of

LEARNING_RATE = 3e-5
AVERAGED = 0.5  # of each weight, how much is the trained one
_TEMPERATURE = 0.05
_WARM_UP = 0.05  # of the time, in which the learning rate rises
_QUESTION_TOKENS = 64
_TEXT_TOKENS = 192  # what the product encodes at once has 250; fewer are learnt from as well and take less time
_WIDTHS = 16  # tokens; batches are as wide as a multiple of it, for blocks of ever other sizes fragment the heap
_POOLINGS = ("mean", "cls")


@dataclass(slots=True)
class Progress:
    """How far a training is.

    Attributes:
        steps: Batches learnt from.
        seconds: Spent on them.
        tokens: In them.
        best: The least loss on the pairs that are watched; infinite before the first look.
        since_best: How often it was looked at since.
    """

    steps: int = 0
    seconds: float = 0.0
    tokens: int = 0
    best: float = float("inf")
    since_best: int = 0


class Trainer:
    """A model in training.

    Args:
        files: The model.
        seed: Of what is random in training.

    Raises:
        ModelError: It cannot be loaded, or it is of a kind that cannot be trained here; the message says why.
    """

    def __init__(self, files: ModelFiles, *, seed: int = 0) -> None:
        import torch

        torch.manual_seed(seed)
        self._torch: Any = torch
        self._model = open_model(files)
        self._device = self._model.device
        modules = [type(module).__name__ for module in self._model]
        pooling = self._model[1].pooling_mode if len(modules) > 1 and modules[1] == "Pooling" else "none"
        if modules[:2] != ["Transformer", "Pooling"] or pooling not in _POOLINGS:
            problem = f"{files.name} has the modules {', '.join(modules)} (pooling: {pooling})"
            raise ModelError(f"{problem}; what can be trained is Transformer, Pooling ({' or '.join(_POOLINGS)})")
        self._is_cls = pooling == "cls"
        self._network = self._model[0].auto_model
        self._network.eval()  # no dropout: without it a step takes two thirds of the time and of the memory
        self._prefixes = [prefix_of(self._model, as_query=True), prefix_of(self._model, as_query=False)]
        self._original = {name: each.detach().clone() for name, each in self._network.state_dict().items()}
        self._best = dict(self._original)
        self._optimizer = torch.optim.AdamW(self._network.parameters(), lr=LEARNING_RATE)
        self._is_half: bool | None = None  # whether bfloat16 is faster here; the first step finds out
        self.progress = Progress()

    def learn(self, pairs: Sequence[Pair], *, done: float) -> float:
        """Learn from one batch; return the loss before it.

        Args:
            pairs: A batch; no entry twice.
            done: The share of the training that is over, 0 to 1.
        """
        if self._is_half is None:
            self._is_half = self._is_half_faster(pairs)
        start = time.perf_counter()
        for group in self._optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, (done + 1e-3) / _WARM_UP) * max(0.0, 1 - done)
        self._optimizer.zero_grad(set_to_none=True)
        loss, tokens = self._loss(pairs)
        loss.backward()
        self._torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self.progress.steps += 1
        self.progress.tokens += tokens
        self.progress.seconds += time.perf_counter() - start
        return float(loss.detach())

    def watch(self, batches: Sequence[Sequence[Pair]]) -> float:
        """Return the mean loss on batches that are not learnt from, and remember the weights with the least."""
        start = time.perf_counter()
        with self._torch.no_grad():
            loss = float(np.mean([float(self._loss(pairs)[0]) for pairs in batches]))
        self.progress.seconds += time.perf_counter() - start
        if loss < self.progress.best:
            self._best = {name: each.detach().clone() for name, each in self._network.state_dict().items()}
            self.progress.best, self.progress.since_best = loss, 0
        else:
            self.progress.since_best += 1
        return loss

    def save(self, folder: Path) -> None:
        """Write the model as sentence-transformers reads it: the mean of the original and the best weights.

        Raises:
            OSError: It cannot be written.
        """
        mean = {
            name: self._torch.lerp(each, self._best[name], AVERAGED) if each.is_floating_point() else each
            for name, each in self._original.items()
        }
        self._network.load_state_dict(mean)
        self._model.save_pretrained(str(folder), create_model_card=False)

    def dump(self, key: str, file: IO[bytes]) -> None:
        """Write the state of the training, with a key that says what it belongs to.

        Raises:
            OSError: It cannot be written.
        """
        progress = self.progress
        state = {
            "key": key,
            "weights": self._network.state_dict(),
            "best": self._best,
            "optimizer": self._optimizer.state_dict(),
            "progress": [progress.steps, progress.seconds, progress.tokens, progress.best, progress.since_best],
        }
        self._torch.save(state, file)

    def load(self, file: IO[bytes], key: str) -> bool:
        """Take over a state; return whether it was one that belongs to the key."""
        try:
            state = self._torch.load(file, weights_only=True)
            if state["key"] != key:
                return False
            self._network.load_state_dict(state["weights"])
            self._best = state["best"]
            self._optimizer.load_state_dict(state["optimizer"])
            self.progress = Progress(*state["progress"])
        except Exception:  # noqa: BLE001 - torch raises anything over a damaged file; then the training begins anew
            return False
        return True

    def _loss(self, pairs: Sequence[Pair]) -> tuple[Any, int]:
        """Return the loss of a batch, and how many tokens it has."""
        torch = self._torch
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=bool(self._is_half)):
            questions = self._states([pair.question for pair in pairs], self._prefixes[0], _QUESTION_TOKENS)
            texts = self._states([pair.text for pair in pairs], self._prefixes[1], _TEXT_TOKENS)
        whole = questions.whole @ texts.whole.T
        loss = self._contrast(whole) + self._contrast(_late(questions, texts))
        return loss / 2, questions.count + texts.count

    def _contrast(self, cosines: Any) -> Any:
        """Return the loss of (questions, texts) cosines, of which the diagonal should be the largest."""
        logits, own = cosines / _TEMPERATURE, self._torch.arange(len(cosines), device=cosines.device)
        entropy = self._torch.nn.functional.cross_entropy
        return (entropy(logits, own) + entropy(logits.T, own)) / 2

    def _states(self, texts: Sequence[str], prefix: str, most: int) -> _States:
        longest = min(most, int(self._model.max_seq_length))
        features = self._model.tokenizer(
            [prefix + text for text in texts],
            padding=True,
            pad_to_multiple_of=_WIDTHS if longest % _WIDTHS == 0 else None,  # no wider than the model can read
            truncation=True,
            max_length=longest,
            return_tensors="pt",
            return_special_tokens_mask=True,
        ).to(self._device)
        special = features.pop("special_tokens_mask")
        states = self._network(**features).last_hidden_state.float()
        mask = features["attention_mask"]
        normalize = self._torch.nn.functional.normalize
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        whole = states[:, 0] if self._is_cls else mean
        own = (mask * (1 - special)).bool()
        return _States(normalize(whole, dim=-1), normalize(states, dim=-1), own, int(mask.sum()))

    def _is_half_faster(self, pairs: Sequence[Pair]) -> bool:
        """Return whether the processor computes in bfloat16 faster than in float32, which a look at a batch tells."""
        seconds = []
        with self._torch.no_grad():
            for self._is_half in (False, True) * 4:  # other processes slow down some of them
                start = time.perf_counter()
                self._loss(pairs[:8])
                seconds.append(time.perf_counter() - start)
        return min(seconds[1::2]) < 0.9 * min(seconds[::2])


@dataclass(frozen=True, slots=True)
class _States:
    """Texts in the model: torch tensors.

    Attributes:
        whole: (texts, dimension) unit rows.
        tokens: (texts, width, dimension) unit rows.
        own: (texts, width) which tokens are the text's own, not special and not padding.
        count: How many tokens were read.
    """

    whole: Any
    tokens: Any
    own: Any
    count: int


def _late(questions: _States, texts: _States) -> Any:
    """Return (questions, texts) the mean over a question's tokens of the cosine with the closest token of a text."""
    import torch

    asked = questions.tokens[questions.own]
    # one text after the other: all at once are fifty megabytes, several times over
    each = [_closest(asked, tokens[own]) for tokens, own in zip(texts.tokens, texts.own, strict=True)]
    close = torch.stack(each, dim=1)  # (tokens, texts)
    rows = questions.own.nonzero()[:, 0]
    sums = close.new_zeros(len(questions.own), len(texts.own)).index_add(0, rows, close)
    return sums / questions.own.sum(1, keepdim=True).clamp(min=1)


def _closest(asked: Any, tokens: Any) -> Any:
    """Return (asked,) the cosine of each with the closest of some tokens, -1 if there are none."""
    return (asked @ tokens.T).amax(-1) if len(tokens) else asked.new_full((len(asked),), -1.0)
