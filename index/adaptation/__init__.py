"""The encoder learns from the articles at hand, without labels, and is offered only where it finds more with that.

`questions` makes questions of the articles' own sentences and holds half of them back, `batches` puts near entries side
by side, `training` trains, `checkpoint` keeps what a stopped training had, `memory` gives back what training took,
`gate` compares the two encoders on what was held back, `adapted_model` writes the result as a sentence-transformers
model, and `adapt` is the story of it all.
"""
