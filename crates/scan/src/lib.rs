//! The one pass over an image, the layer cache, the merge and the judgement.
