"""Encoders: texts become unit vectors. The libraries that run models are imported here and nowhere else.

In reading order:

- `encoder`: what an encoder is, whichever library runs it
- `model_files`: where a model's files are, and that they are the expected ones
- `loading`: which encoder is used on this machine
- `sentence_transformer`: the reference encoder; runs any sentence-transformers model
- `openvino_encoder`, `batching`, `openvino_runtime`: the everyday encoder, which imports neither torch nor transformers
- `exported_model`, `export_process`, `openvino_export`, `export_cache`: how a model is exported for it once, in a
  process of its own, and where the export is kept
- `options`: what can be chosen in the settings
"""
